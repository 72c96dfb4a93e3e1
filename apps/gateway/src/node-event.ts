import { IncomingMessage, ServerResponse } from "node:http";

import type { H3Event } from "h3";
import type { NodeServerRequest, NodeServerResponse } from "srvx";

/** Node's own request and response: of HTTP/1.1, because this gateway's server speaks nothing else. */
export function http1(req: NodeServerRequest, res: NodeServerResponse): [IncomingMessage, ServerResponse] {
  if (req instanceof IncomingMessage && res instanceof ServerResponse) return [req, res];
  throw new TypeError("this app runs on Node's HTTP/1.1 server only");
}

/** Node's own request behind an event. */
export function nodeOf(event: H3Event): { readonly req: IncomingMessage } {
  const req = event.runtime?.node?.req;
  if (req instanceof IncomingMessage) return { req };
  throw new TypeError("this app runs on Node's HTTP/1.1 server only");
}
