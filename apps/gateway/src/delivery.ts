import type { Usage } from "@link-assistant/core";

/** An upstream's answer, status below 300, on its way to the client. */
export interface Delivery {
  /** Whether the client has got anything: from then on there is no other attempt. */
  readonly committed: boolean;
  /** Takes in the next bytes. */
  data(chunk: Buffer): void;
  /** The upstream ended its answer. */
  end(): void;
  /** The upstream broke off or fell silent, after the commit. */
  broken(code: "upstream_broken" | "upstream_timeout"): void;
  /** What the answer has said of itself by now. */
  seen(): {
    readonly id?: string;
    readonly items?: readonly string[];
    readonly model?: string;
    readonly usage: Usage;
  };
}

/** An answer that began well and turned out to be an error before the client had anything of it. */
export interface EarlyError {
  /** The status that the error would have had. */
  readonly status: number;
  /** The error in the client's own dialect. */
  readonly body: Buffer;
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** What a delivery tells the attempt it belongs to. Each is called at most once. */
export interface DeliveryEvents {
  /** The client is about to get its first byte. */
  committed(): void;
  /** There will be nothing for the client from this attempt. */
  failedEarly(error: EarlyError): void;
}
