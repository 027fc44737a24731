import type { ReactNode } from 'react';
import { Anchor } from '../anchor.tsx';
import { rampStep } from '../palette.ts';

export interface HeatCell {
  row: number;
  column: number;
  /** What the colour stands for. */
  value: number;
  text: ReactNode;
  /** A second line in the cell. */
  detail?: ReactNode;
  href?: string;
  /** The whole cell in words, for who cannot see it. */
  label: string;
  selected?: boolean;
}

interface HeatGridProps {
  caption: string;
  rows: readonly { key: number; label: ReactNode }[];
  columns: readonly { key: number; label: ReactNode }[];
  rowName: ReactNode;
  columnName: ReactNode;
  cells: readonly HeatCell[];
}

/** A small grid coloured from little to much; each cell says its number and leads to what is behind it. */
export function HeatGrid({ caption, rows, columns, rowName, columnName, cells }: HeatGridProps) {
  const most = Math.max(...cells.map((cell) => cell.value), 0);
  const at = new Map(cells.map((cell) => [`${cell.row}:${cell.column}`, cell]));
  return (
    <div className="qm-heat-frame">
      <table className="qm-heat">
        <caption className="qm-sr">{caption}</caption>
        <thead>
          <tr>
            <td className="qm-heat-corner">
              <span className="qm-heat-row-name">{rowName}</span>
            </td>
            {columns.map((column) => (
              <th key={column.key} scope="col">
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.label}</th>
              {columns.map((column) => {
                const cell = at.get(`${row.key}:${column.key}`);
                return (
                  <td key={column.key}>
                    <Cell cell={cell} step={rampStep(cell && most > 0 ? cell.value / most : 0)} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="qm-heat-column-name">{columnName}</p>
    </div>
  );
}

function Cell({ cell, step }: { cell: HeatCell | undefined; step: number }) {
  if (!cell) return <span className="qm-heat-cell qm-heat-0" />;
  const look = `qm-heat-cell qm-heat-${step}${cell.selected ? ' qm-heat-selected' : ''}`;
  const body = (
    <>
      <b>{cell.text}</b>
      {cell.detail && <small>{cell.detail}</small>}
    </>
  );
  return cell.href ? (
    <Anchor className={look} href={cell.href} aria-label={cell.label} title={cell.label}>
      {body}
    </Anchor>
  ) : (
    <span className={look} title={cell.label}>
      {body}
    </span>
  );
}
