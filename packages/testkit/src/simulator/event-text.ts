/** One server-sent event with a name. */
export function eventText(name: string, json: string): string {
  return `event: ${name}\n${dataText(json)}`;
}

/** One server-sent event without a name. */
export function dataText(json: string): string {
  return `data: ${json}\n\n`;
}
