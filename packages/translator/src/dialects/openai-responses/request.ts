export { decodeRequest } from "./decode-request.ts";
export { encodeCountRequest, encodeRequest } from "./encode-request.ts";
