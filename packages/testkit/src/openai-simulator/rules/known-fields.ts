// Source of all: the types of `openai` 7.57.0 and bodies of real clients, read 2026-11.

const SHARED_FIELDS = [
  "metadata",
  "model",
  "moderation",
  "parallel_tool_calls",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "safety_identifier",
  "service_tier",
  "store",
  "stream",
  "stream_options",
  "temperature",
  "tool_choice",
  "tools",
  "top_logprobs",
  "top_p",
  "user",
];

/** The fields of the body in Chat. */
export const CHAT_FIELDS: readonly string[] = [
  ...SHARED_FIELDS,
  "audio",
  "frequency_penalty",
  "function_call",
  "functions",
  "logit_bias",
  "logprobs",
  "max_completion_tokens",
  "max_tokens",
  "messages",
  "modalities",
  "n",
  "prediction",
  "presence_penalty",
  "reasoning_effort",
  "response_format",
  "seed",
  "stop",
  "verbosity",
  "web_search_options",
];

/** The fields of a count of tokens. */
export const COUNTED_FIELDS: readonly string[] = [
  "conversation",
  "input",
  "instructions",
  "model",
  "parallel_tool_calls",
  "personality",
  "previous_response_id",
  "reasoning",
  "text",
  "tool_choice",
  "tools",
  "truncation",
];

/** The fields of the body in Responses; `client_metadata` is what Codex sends. */
export const RESPONSE_FIELDS: readonly string[] = [
  ...SHARED_FIELDS,
  ...COUNTED_FIELDS.filter((field) => field !== "personality" && !SHARED_FIELDS.includes(field)),
  "access_programs",
  "background",
  "client_metadata",
  "context_management",
  "image",
  "include",
  "max_output_tokens",
  "max_tool_calls",
  "prompt",
];

/** The fields inside of a field of the body; the members of a field that is not listed are not looked at. */
export const INNER_FIELDS: Readonly<Record<string, readonly string[]>> = {
  reasoning: ["context", "effort", "generate_summary", "mode", "summary"],
  stream_options: ["include_obfuscation", "include_usage"],
  text: ["format", "verbosity"],
  "response_format.json_schema": ["description", "name", "schema", "strict"],
  "text.format": ["description", "name", "schema", "strict", "type"],
};

/** The fields of a message in Chat by its role. */
export const MESSAGE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  assistant: ["annotations", "audio", "content", "function_call", "name", "refusal", "role", "tool_calls"],
  developer: ["content", "name", "role"],
  function: ["content", "name", "role"],
  system: ["content", "name", "role"],
  tool: ["content", "name", "role", "tool_call_id"],
  user: ["content", "name", "role"],
};

/** Fields of an item of any type, which Codex sends. */
export const COMMON_ITEM_FIELDS: readonly string[] = ["internal_chat_message_metadata_passthrough"];

/** The fields of an item by its type. */
export const ITEM_FIELDS: Readonly<Record<string, readonly string[]>> = {
  additional_tools: ["id", "role", "tools", "type"],
  apply_patch_call: ["call_id", "caller", "id", "operation", "status", "type"],
  apply_patch_call_output: ["call_id", "caller", "id", "output", "status", "type"],
  code_interpreter_call: ["code", "container_id", "id", "outputs", "status", "type"],
  compaction: ["encrypted_content", "id", "type"],
  compaction_trigger: ["id", "type"],
  computer_call: ["action", "actions", "call_id", "id", "pending_safety_checks", "status", "type"],
  computer_call_output: ["acknowledged_safety_checks", "call_id", "id", "output", "status", "type"],
  custom_tool_call: ["async", "call_id", "caller", "id", "input", "name", "namespace", "status", "type"],
  custom_tool_call_output: ["call_id", "caller", "id", "name", "output", "status", "type"],
  file_search_call: ["id", "queries", "results", "status", "type"],
  function_call: ["arguments", "async", "call_id", "caller", "id", "name", "namespace", "status", "type"],
  function_call_output: ["call_id", "caller", "id", "name", "namespace", "output", "status", "type"],
  image_generation_call: [
    "action",
    "background",
    "error",
    "id",
    "output_format",
    "quality",
    "result",
    "revised_prompt",
    "size",
    "status",
    "svg_usage",
    "type",
  ],
  item_reference: ["id", "type"],
  local_shell_call: ["action", "call_id", "id", "status", "type"],
  local_shell_call_output: ["call_id", "id", "output", "status", "type"],
  mcp_approval_request: ["arguments", "id", "name", "server_label", "type"],
  mcp_approval_response: ["approval_request_id", "approve", "id", "reason", "type"],
  mcp_call: ["approval_request_id", "arguments", "error", "id", "name", "output", "server_label", "status", "type"],
  mcp_list_tools: ["error", "id", "server_label", "tools", "type"],
  message: ["content", "id", "phase", "role", "status", "type"],
  program: ["call_id", "code", "fingerprint", "id", "type"],
  program_output: ["call_id", "id", "result", "status", "type"],
  reasoning: ["content", "encrypted_content", "id", "status", "summary", "type"],
  shell_call: ["action", "call_id", "caller", "environment", "id", "status", "type"],
  shell_call_output: ["call_id", "caller", "id", "max_output_length", "output", "status", "type"],
  tool_search_call: ["arguments", "call_id", "execution", "id", "status", "type"],
  tool_search_output: ["call_id", "execution", "id", "status", "tools", "type"],
  web_search_call: ["action", "id", "status", "type"],
};

/** The fields of a part of a content by its type, in both dialects. */
export const PART_FIELDS: Readonly<Record<string, readonly string[]>> = {
  file: ["file", "prompt_cache_breakpoint", "type"],
  image_url: ["image_url", "prompt_cache_breakpoint", "type"],
  input_audio: ["input_audio", "prompt_cache_breakpoint", "type"],
  input_file: ["detail", "file_data", "file_id", "file_url", "filename", "prompt_cache_breakpoint", "type"],
  input_image: ["detail", "file_id", "image_url", "prompt_cache_breakpoint", "type"],
  input_text: ["prompt_cache_breakpoint", "text", "type"],
  output_text: ["annotations", "logprobs", "text", "type"],
  refusal: ["refusal", "type"],
  text: ["prompt_cache_breakpoint", "text", "type"],
};

/** The kinds of tools of Chat. */
export const CHAT_TOOLS: readonly string[] = ["function", "custom"];

/** The kinds of tools of Responses. */
export const RESPONSE_TOOLS: readonly string[] = [
  "apply_patch",
  "code_interpreter",
  "computer",
  "computer_use_preview",
  "custom",
  "file_search",
  "function",
  "image_generation",
  "local_shell",
  "mcp",
  "namespace",
  "programmatic_tool_calling",
  "shell",
  "tool_search",
  "web_search",
  "web_search_2025_08_26",
  "web_search_preview",
  "web_search_preview_2025_03_11",
];

/** The fields of the definition of a tool by its kind; the members of a kind that is not listed are not looked at. */
export const TOOL_FIELDS: Readonly<Record<string, readonly string[]>> = {
  custom: ["allowed_callers", "async", "defer_loading", "description", "format", "name", "type"],
  function: [
    "allowed_callers",
    "async",
    "defer_loading",
    "description",
    "name",
    "output_schema",
    "parameters",
    "strict",
    "type",
  ],
  namespace: ["description", "name", "tools", "type"],
  tool_search: ["description", "execution", "parameters", "type"],
};
