import { isObject, textOf, type JsonObject } from "../../simulator/json.ts";
import { firstFound, found, foundIf, type Found } from "../../simulator/rule.ts";
import { itemType, partsIn, type CallRule, type OpenAiCall, type Placed } from "./call.ts";
import { CHAT, CONVERSATIONS, RESPONSES } from "./endpoint.ts";
import { valueFault } from "./faults.ts";
import { missing, wrongValue } from "./wordings.ts";

const CHAT_USER_PARTS = ["text", "image_url", "input_audio", "file"];
const TEXT_PARTS = ["text"];
/** The kinds of parts that hold a text. */
const TEXT_KINDS: ReadonlySet<unknown> = new Set(["input_text", "output_text", "text"]);
/** The kinds of parts that a message in Chat may hold, by its role; whether a tool message may hold a picture depends on the model. */
const CHAT_PARTS: Readonly<Record<string, readonly string[]>> = {
  assistant: ["text", "refusal"],
  developer: TEXT_PARTS,
  system: TEXT_PARTS,
  tool: [...TEXT_PARTS, "image_url"],
  user: CHAT_USER_PARTS,
};
const INPUT_PARTS = ["input_text", "input_image", "input_file"];
/** The kinds of parts that an item may hold: a message by its role, an output by its type. */
const ITEM_PARTS: Readonly<Record<string, readonly string[]>> = {
  assistant: ["output_text", "refusal"],
  custom_tool_call_output: INPUT_PARTS,
  developer: INPUT_PARTS,
  function_call_output: INPUT_PARTS,
  system: INPUT_PARTS,
  user: INPUT_PARTS,
};
const AUDIO_FORMATS = ["wav", "mp3"];
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.-]+)*;base64,[A-Za-z0-9+/_-]*=*$/;

/** What is refused for the parts of a content. */
export const PART_RULES: readonly CallRule[] = [
  {
    name: "pictures of the user only",
    on: CHAT,
    find: ({ entries, model }) =>
      firstFound(entries, (entry) => {
        const role = textOf(entry.value["role"]);
        const holds = partsIn(entry).some(({ value }) => value["type"] === "image_url");
        const may = role === "user" || (role === "tool" && model?.toolPictures === true);
        return foundIf(holds && !may, entry.at, role);
      }),
    message: ({ at, what }) =>
      `Invalid '${at}'. Image URLs are only allowed for messages with role 'user', but this message with role '${what}' contains an image URL.`,
    code: "invalid_value",
  },
  wrongValue("kinds of parts in messages", CHAT, ({ entries }) =>
    firstFound(entries, (entry) => kindFault(entry, CHAT_PARTS[textOf(entry.value["role"])])),
  ),
  wrongValue("kinds of parts in items", RESPONSES, ({ entries }) =>
    firstFound(entries, (entry) => {
      const type = itemType(entry.value);
      return kindFault(entry, ITEM_PARTS[type === "message" ? textOf(entry.value["role"]) : type]);
    }),
  ),
  missing("texts of parts", CONVERSATIONS, (call) =>
    firstPart(call, ({ at, value }) =>
      foundIf(TEXT_KINDS.has(value["type"]) && typeof value["text"] !== "string", `${at}.text`),
    ),
  ),
  {
    name: "pictures",
    on: CONVERSATIONS,
    find: (call) => firstPart(call, pictureFault),
    message: ({ at, what }) => `Invalid '${at}'. Expected a ${what}.`,
    code: "invalid_value",
  },
  wrongValue("sounds", CHAT, (call) =>
    firstPart(call, ({ at, value: { type, input_audio: audio } }) => {
      const format = isObject(audio) ? (audio["format"] ?? "nothing") : "nothing";
      return type === "input_audio" ? valueFault(format, `${at}.input_audio.format`, AUDIO_FORMATS) : undefined;
    }),
  ),
  missing("files", CONVERSATIONS, (call) => firstPart(call, fileFault)),
  {
    name: "data of files",
    on: CONVERSATIONS,
    find: (call) => firstPart(call, fileDataFault),
    message: ({ at, what }) =>
      `Invalid file data: '${at}'. Expected a base64-encoded data URL with a valid file MIME type (e.g. 'data:text/plain;base64,SGVsbG8sIFdvcmxkIQ=='), but got ${what}. Please see https://platform.openai.com/docs/assistants/tools/file-search#supported-files for supported file types.`,
    code: "invalid_value",
  },
];

function firstPart({ entries }: OpenAiCall, find: (part: Placed) => Found | undefined): Found | undefined {
  return firstFound(entries.flatMap(partsIn), find);
}

function kindFault(entry: Placed, kinds: readonly string[] | undefined): Found | undefined {
  if (kinds === undefined) return undefined;
  return firstFound(partsIn(entry), ({ at, value }) => valueFault(value["type"] ?? "nothing", at, kinds));
}

// Chat holds the URL in an object, Responses as it is.
function pictureFault({ at, value }: Placed): Found | undefined {
  const { type, image_url: image } = value;
  if (type === "image_url") return urlFault(isObject(image) ? image["url"] : image, `${at}.image_url.url`);
  if (type !== "input_image" || value["file_id"] != null) return undefined;
  return urlFault(image, `${at}.image_url`);
}

function urlFault(url: unknown, at: string): Found | undefined {
  const text = textOf(url);
  if (/^https?:\/\//.test(text)) return undefined;
  if (!text.startsWith("data:")) return found(at, "valid URL, but got a value with an invalid format");
  const isImage = DATA_URL.exec(text)?.[1]?.startsWith("image/") === true;
  return foundIf(!isImage, at, "base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,…')");
}

function fileFault({ at, value }: Placed): Found | undefined {
  const { type } = value;
  if (type === "file") {
    const { file_id: id, file_data: data, filename: name } = membersOf(value["file"]);
    if (id == null && data == null) return found(`${at}.file.file_id`);
    return foundIf(data != null && name == null, `${at}.file.filename`);
  }
  const sources = ["file_id", "file_data", "file_url"];
  return foundIf(type === "input_file" && sources.every((source) => value[source] == null), `${at}.file_id`);
}

function fileDataFault({ at, value }: Placed): Found | undefined {
  const inner = value["type"] === "file";
  const data = inner ? membersOf(value["file"])["file_data"] : value["file_data"];
  if (typeof data !== "string") return undefined;
  const mime = DATA_URL.exec(data)?.[1];
  const place = inner ? `${at}.file.file_data` : `${at}.file_data`;
  if (mime === undefined) return found(place, "a value without the 'data:' prefix");
  return foundIf(/^(audio|video)\//.test(mime), place, `unsupported MIME type '${mime}'`);
}

function membersOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
