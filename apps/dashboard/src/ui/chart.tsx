import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";

import { format } from "../format.ts";

/** A line of a chart. */
export interface Line {
  readonly title: string;
  /** Which of the page's chart colours it has. */
  readonly colour: "a" | "b" | "c" | "bad";
  readonly values: readonly (number | null)[];
}

/** What a chart shows. */
export interface ChartProps {
  readonly title: string;
  /** Says in words what can be seen. */
  readonly summary: string;
  /** Seconds since 1970. */
  readonly atSeconds: readonly number[];
  readonly lines: readonly Line[];
  readonly write: (value: number | null) => string;
}

const HEIGHT = 180;

/** A chart over time. The same figures are in a table of the page, for who does not see it. */
export function Chart({ title, summary, atSeconds, lines, write }: ChartProps): JSX.Element {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const scheme = useColourScheme();
  const titles = lines.map((line) => line.title).join("\n");
  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsOf(lines, write, element), dataOf(atSeconds, lines), element);
    plot.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      made.destroy();
      plot.current = null;
    };
    // Values go in below, without a new chart.
  }, [titles, scheme]);
  useEffect(() => plot.current?.setData(dataOf(atSeconds, lines)), [atSeconds, lines]);
  return (
    <figure class="card chart">
      <figcaption>{title}</figcaption>
      <div ref={holder} role="img" aria-label={`${title}: ${summary}`} />
    </figure>
  );
}

function dataOf(atSeconds: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  return [[...atSeconds], ...lines.map(({ values }) => [...values])];
}

function optionsOf(lines: readonly Line[], write: ChartProps["write"], element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: colour("dim"), font: `12px ${style.fontFamily}`, ticks: { show: false } };
  const grid = { stroke: colour("line"), width: 1 };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    // The last time has room to be written whole.
    padding: [12, 28, 0, 0],
    legend: { live: true },
    cursor: { y: false, points: { size: 6 } },
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, values: (plot, ticks) => timesOf(plot, ticks) },
      { ...axis, grid, size: 64, values: (_plot, ticks) => ticks.map(write) },
    ],
    series: [
      { label: "At", value: (_plot, at) => (at === null ? "–" : format.moment(new Date(at * 1000))) },
      ...lines.map(({ title, colour: name, values }) => ({
        label: title,
        stroke: colour(`chart-${name}`),
        fill: colour(`chart-${name}-soft`),
        width: 1.5,
        // What stands alone between gaps is no line.
        ...(values.includes(null) ? { points: { size: 5 } } : { points: { show: false } }),
        value: (_plot: uPlot, value: number | null) => write(value),
      })),
    ],
  };
}

function timesOf(plot: uPlot, ticks: readonly number[]): string[] {
  const { min = 0, max = 0 } = plot.scales["x"] ?? {};
  return ticks.map((at) => format.tick(new Date(at * 1000), ((max ?? 0) - (min ?? 0)) * 1000));
}

/** Changes when the reader's colour scheme does: what is drawn has the colours of its time. */
function useColourScheme(): boolean {
  const [isDark, setDark] = useState(() => DARK.matches);
  useEffect(() => {
    const change = (): void => setDark(DARK.matches);
    DARK.addEventListener("change", change);
    return () => DARK.removeEventListener("change", change);
  }, []);
  return isDark;
}

const DARK = matchMedia("(prefers-color-scheme: dark)");
