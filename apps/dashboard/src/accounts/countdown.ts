/** How long until then, as a clock shows it: `0:05`, `12:30`, `1:02:03`; `null` once it is over or when nothing is waited for. */
export function countdown(until: string | null, now: Date): string | null {
  if (until === null) return null;
  const seconds = Math.ceil((Date.parse(until) - now.getTime()) / 1000);
  if (!(seconds > 0)) return null;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
