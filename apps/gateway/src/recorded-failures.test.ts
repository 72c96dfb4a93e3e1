import { classify } from "@link-assistant/core";
import type { FailureKind } from "@link-assistant/core";
import { listRecordings, readRecording, recordedText } from "@link-assistant/testkit";
import { observeBuffered } from "@link-assistant/translator";
import { describe, expect, test } from "vitest";

/** Every error that was recorded, by what a person who reads it says that it is. */
const KINDS: Readonly<Partial<Record<FailureKind, readonly string[]>>> = {
  authentication: [
    "am-dd-trace-js-claude-agent-sdk_v1_messages_beta_true_post_3f7425c4-0-8c11850c",
    "am-dd-trace-py-anthropic_v1_messages_beta_true_post_1913e018-0-ecc91cad",
    "am-mirascope-anthropic_beta_claude_sonnet_4_0-0-4c89a07c",
    "oc-braintrust-sdk-ruby-openai-stream_error-0-6f3ba365",
    "oc-dd-trace-py-openai-v1-chat_completion_error-0-bcf9ed51",
    "oc-mirascope-test_authentication_error_stream-openai_gpt_4o_completions-0-640a18d3",
    "or-chatlas-test_parallel_chat_error_continue_mode-1-4bc77da8",
    "or-chatlas-test_parallel_chat_structured_error_handling-0-f6e3b298",
    "or-mirascope-test_authentication_error_stream-openai_gpt_4o_responses-0-82bf22a1",
    "or-rig-handshake_rejection_carries_status_body_and_request_id-0-1b5b480f",
  ],
  invalid_request: [
    "am-activeagent-structured_output-anthropic_json-0-c8f0c45b",
    "am-rig-boolean_root_schema_is_rejected_for_tool_input-0-9b0b2a14",
    "am-rig-twenty_one_strict_tools_are_rejected-0-dd6276cf",
    "oc-crewai-test_llm_call_when_stop_is_unsupported-0-22de99b7",
    "oc-mirascope-test_call_with_params-openai_gpt_5_mini_completions-0-0c486f77",
    "oc-pydantic-ai-test_openai-test_openai_o1_mini_system_role-developer-0-94dabf4b",
    "oc-rig-multimodal_matrix-video_part_is_refused-0-e747a68b",
    "oc-ruby-openai-gpt-3_5-turbo_streamed_chat_with_json_error_response-0-716c16bf",
    "or-mirascope-encodes-thoughts-as-text-for-model-consumption-0-24976fa6",
    "or-pydantic-ai-test_multimodal_tool_return_matrix-direct-url_force_download-audio-opena-2-b8ea47d9",
    "or-pydantic-ai-test_multimodal_tool_return_matrix-tool_return_content-url_force_downloa-2-0bae2652",
  ],
  not_found: [
    "am-mirascope-test_model_not_found_stream-anthropic_beta_claude_sonnet_4_0-0-cbbd3b27",
    "am-pydantic-ai-test_anthropic-test_anthropic_count_tokens_error-0-587eaf07",
    "am-pydantic-ai-test_model_name_suggestion-anthropic-0-6c6d51d5",
    "am-rig-nonexistent_model_streaming_error_preserves_status_and_body-0-74ebfb89",
    "oc-elastic-otel-python-instrumentations-test_chat_with_model_not_found-0-d34bb18b",
    "oc-mirascope-test_model_not_found_stream-openai_gpt_4o_completions-0-2f8b11bd",
    "oc-newrelic-python-agent-mlmodel_openai-cassette-1-3fc75696",
    "oc-openllmetry-test_agents-test_agents_and_tools-2-fbabf79b",
    "oc-rig-error_matrix-unknown_model_streaming-0-79e41d97",
    "or-mirascope-test_model_not_found_stream-openai_gpt_4o_responses-0-94e00016",
    "or-mirascope-wraps-api-errors-on-stream-call-0-8b41ac49",
    "or-newrelic-python-agent-mlmodel_openai-cassette-18-5ab87126",
    "or-opentelemetry-python-contrib-test_responses_create_api_error-content_mode0-0-f6dab8b1",
    "or-rig-nonexistent_model_streaming_error_preserves_status_and_body-0-7dc8fedf",
  ],
  rate_limit: [
    "am-anthropic-sdk-python-a8b7dbb8-2321-4624-abdb-7ba2136b5c38-0-d0ed30e8",
    "am-anthropic-sdk-python-d743d628-16aa-4c9f-ae78-51deb578f746-0-0bcf4aac",
    "oc-ruby_llm-chat_real_error_scenarios_azure_grok-4-1-fast-non-reasoning_handles_cont-0-167fcd11",
  ],
  server_error: ["oc-rig-multimodal_matrix-unfetchable_image_url-0-e1beac12"],
};

const recorded = listRecordings().filter(({ status }) => status >= 400);

describe("recorded errors", () => {
  test("are all in the table", () => {
    expect(Object.values(KINDS).flat().toSorted()).toEqual(recorded.map(({ id }) => id).toSorted());
  });

  test.each(Object.entries(KINDS).flatMap(([kind, ids]) => ids.map((id) => [kind, id] as const)))(
    "%s: %s",
    (kind, id) => {
      const recording = readRecording(id);
      const { error } = observeBuffered(recording.dialect, recording.status, Buffer.from(recordedText(recording)));
      expect(classify({ status: recording.status, ...error }).kind).toBe(kind);
    },
  );
});
