/** `report`, called at most once a minute; messages in between are dropped. */
export function onceAMinute(report: (message: string) => void): (message: string) => void {
  let nextMs = -Infinity;
  return (message) => {
    const nowMs = performance.now();
    if (nowMs < nextMs) return;
    nextMs = nowMs + 60_000;
    report(message);
  };
}
