import type { Frame } from "./frame.ts";
import type { Step } from "./step.ts";
import type { Pace } from "./turn.ts";

/** The writes that send the frames, with pauses between them. */
export function pacedWrites(frames: readonly Frame[], { chunkBytes, pauseMs = 0 }: Pace = {}): Step[] {
  const chunks = chunkBytes === undefined ? frames : rechunked(frames, chunkBytes);
  return chunks.flatMap((chunk, index): Step[] => {
    const write: Step = { do: "write", ...chunk };
    return index === 0 || pauseMs === 0 ? [write] : [{ do: "pause", ms: pauseMs }, write];
  });
}

/** The same bytes in pieces of other sizes. A piece costs what the last event that it completes costs. */
function rechunked(frames: readonly Frame[], sizes: number | readonly number[]): Frame[] {
  const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
  const chunks: Frame[] = [];
  let complete = 0;
  let completeBytes = 0;
  let billed: Frame["billed"];
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    end = Math.min(start + sizeAt(chunks.length, sizes), bytes.length);
    for (let frame = frames[complete]; frame !== undefined; frame = frames[++complete]) {
      if (completeBytes + frame.bytes.length > end) break;
      completeBytes += frame.bytes.length;
      billed = frame.billed ?? billed;
    }
    chunks.push({ bytes: bytes.subarray(start, end), ...(billed === undefined ? {} : { billed }) });
  }
  return chunks;
}

function sizeAt(position: number, sizes: number | readonly number[]): number {
  const size = typeof sizes === "number" ? sizes : (sizes[position] ?? sizes.at(-1) ?? 0);
  if (size >= 1) return Math.trunc(size);
  throw new TypeError(`chunkBytes must be 1 or more, not ${size}`);
}
