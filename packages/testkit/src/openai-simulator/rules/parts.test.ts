import {
  PICTURE,
  PDF,
  user,
  calls,
  result,
  messages,
  parts,
  items,
  called,
  output,
} from "../../testing/openai-bodies.ts";
import { describeRules, missing, type RuleCase } from "../../testing/openai-rules.ts";
import { PART_RULES } from "./parts.ts";

const CASES: readonly RuleCase[] = [
  {
    rule: "pictures of the user only",
    body: messages(calls("a"), result("a", [{ type: "image_url", image_url: { url: PICTURE } }])),
    message:
      "Invalid 'messages[2]'. Image URLs are only allowed for messages with role 'user', but this message with role 'tool' contains an image URL.",
    code: "invalid_value",
    param: "messages[2]",
    right: { body: parts({ type: "image_url", image_url: { url: PICTURE, detail: "low" } }) },
  },
  {
    rule: "kinds of parts in messages",
    body: parts({ type: "input_text", text: "Hi" }),
    message: "Invalid value: 'input_text'. Supported values are: 'text', 'image_url', 'input_audio', and 'file'.",
    code: "invalid_value",
    param: "messages[1].content[0]",
    right: { body: parts({ type: "text", text: "Hi" }) },
  },
  {
    rule: "kinds of parts in items",
    on: "responses",
    body: items(user([{ type: "text", text: "Hi" }])),
    message: "Invalid value: 'text'. Supported values are: 'input_text', 'input_image', and 'input_file'.",
    code: "invalid_value",
    param: "input[1].content[0]",
    right: { body: items(user([{ type: "input_text", text: "Hi" }])) },
  },
  {
    rule: "kinds of parts in items",
    on: "responses",
    body: items(called("a"), output("a", [{ type: "output_text", text: "done" }])),
    message: "Invalid value: 'output_text'. Supported values are: 'input_text', 'input_image', and 'input_file'.",
    code: "invalid_value",
    param: "input[2].output[0]",
    right: { body: items(called("a"), output("a", [{ type: "input_image", image_url: PICTURE }])) },
  },
  missing("input[1].content[0].text", {
    rule: "texts of parts",
    on: "responses",
    body: items(user([{ type: "input_text" }])),
    right: { body: items(user([{ type: "input_text", text: "" }])) },
  }),
  {
    rule: "pictures",
    body: parts({ type: "image_url", image_url: { url: "iVBORw0KGgo=" } }),
    message:
      "Invalid 'messages[1].content[0].image_url.url'. Expected a valid URL, but got a value with an invalid format.",
    code: "invalid_value",
    param: "messages[1].content[0].image_url.url",
    right: { body: parts({ type: "image_url", image_url: { url: "https://example.com/a.png" } }) },
  },
  {
    rule: "pictures",
    on: "responses",
    body: items(user([{ type: "input_image", image_url: PDF }])),
    message: "Invalid 'input[1].content[0].image_url'. Expected a base64-encoded data URL with an image MIME type",
    code: "invalid_value",
    param: "input[1].content[0].image_url",
    right: { body: items(user([{ type: "input_image", file_id: "file-1", detail: "auto" }])) },
  },
  {
    rule: "sounds",
    body: parts({ type: "input_audio", input_audio: { data: "UklGRg==", format: "ogg" } }),
    message: "Invalid value: 'ogg'. Supported values are: 'wav' and 'mp3'.",
    code: "invalid_value",
    param: "messages[1].content[0].input_audio.format",
    right: { body: parts({ type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }) },
  },
  missing("messages[1].content[0].file.filename", {
    rule: "files",
    body: parts({ type: "file", file: { file_data: PDF } }),
    right: { body: parts({ type: "file", file: { file_data: PDF, filename: "a.pdf" } }) },
  }),
  missing("input[1].content[0].file_id", {
    rule: "files",
    on: "responses",
    body: items(user([{ type: "input_file", filename: "a.pdf" }])),
    right: { body: items(user([{ type: "input_file", file_url: "https://example.com/a.pdf" }])) },
  }),
  {
    rule: "data of files",
    on: "responses",
    body: items(user([{ type: "input_file", filename: "a.pdf", file_data: "JVBERi0xLjQ=" }])),
    message: "Invalid file data: 'input[1].content[0].file_data'.",
    code: "invalid_value",
    param: "input[1].content[0].file_data",
    right: { body: items(user([{ type: "input_file", filename: "a.pdf", file_data: PDF }])) },
  },
];

describeRules(PART_RULES, CASES);
