import type { ComponentChildren, JSX } from "preact";

/** A column: its title, and whether it holds numbers. */
export interface Column {
  readonly title: string;
  readonly numbers?: boolean;
}

/** A table that scrolls sideways where the screen is narrow. Its rows are `tr`, their cells those of `Cells`. */
export function Table({
  label,
  columns,
  children,
}: {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ title, numbers }) => (
              <th key={title} scope="col" class={numbers === true ? "number" : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** A cell with a number. */
export function NumberCell({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <td class="number">{children}</td>;
}
