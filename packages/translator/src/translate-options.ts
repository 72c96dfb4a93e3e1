import type { Capability } from "./capability/capability.ts";
import type { DialectId } from "./dialect.ts";
import type { LossMode } from "./loss.ts";

/** How one exchange is translated. */
export interface TranslateOptions {
  /** The dialect of the client. */
  readonly from: DialectId;
  /** The dialect of the upstream; another one than `from`, for the same needs no translation. */
  readonly to: DialectId;
  /** What ids of the answer are made from where the upstream gives none. Unique for each exchange; letters, digits, `_`, `-`. */
  readonly answerId: string;
  /** The time of the answer in Unix seconds. */
  readonly createdAt: number;
  /** The model's name at the upstream. Default: the one in the request. */
  readonly model?: string;
  /** The model's name in the answer. Default: the one in the request. */
  readonly answerModel?: string;
  /** The kind of upstream, whose quirks are known by name (see `resolveCapability`). Default: the service the dialect is named after. */
  readonly upstream?: string;
  /** What requests of the same session have in common, for upstreams that keep a prompt cache by such a key. Default: the request's own. */
  readonly cacheKey?: string;
  /** What is known better of the model than the table does. */
  readonly capability?: Partial<Capability>;
  /** `strict` refuses what `lenient` would drop with a note. Default `lenient`. */
  readonly mode?: LossMode;
}
