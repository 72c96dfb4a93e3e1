export { decodeResponse } from "./decode-response.ts";
export { encodeResponse } from "./encode-response.ts";
