import { BarChartOutlined, DownloadOutlined, TableOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import type { EChartsOption } from 'echarts';
import type { EChartsType } from 'echarts/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Anchor } from '../anchor.tsx';
import { type Cell, toCsv } from '../csv.ts';
import { download, fileName } from '../download.ts';
import type { Palette } from '../palette.ts';
import { usePalette } from '../palette-context.ts';
import { Panel } from '../panel.tsx';
import { houseTheme } from './house-theme.ts';

/**
 * What a chart shows, as rows: the table view and the CSV. Text is shown as it is; give numbers `text` to be read, and
 * `href` where a click on the chart leads, for who does not point.
 */
export interface ChartTable {
  head: string[];
  rows: { value: Cell; text?: string; href?: string }[][];
}

/** Which place on the axis was clicked: anywhere above or below it counts, since a line is hard to hit. */
export interface Picked {
  at: number;
}

interface ChartProps {
  title: string;
  note?: ReactNode;
  /** What the chart says, for who cannot see it: one or two sentences with the numbers that matter. */
  summary: string;
  /** Built for the palette in force; keep it stable with `useCallback`. */
  option: (palette: Palette) => EChartsOption;
  table: ChartTable;
  height?: number;
  onPick?: (picked: Picked) => void;
  /** More controls in the head of the panel. */
  extra?: ReactNode;
}

/** A chart in its panel with table view, PNG and CSV, text alternative and clicks. ECharts is loaded when first needed. */
export function Chart({ title, note, summary, option, table, height = 280, onPick, extra }: ChartProps) {
  const { t } = useTranslation('ui');
  const [asTable, setAsTable] = useState(false);
  const drawn = useRef<EChartsType | null>(null);
  const { palette } = usePalette();

  const savePicture = () => {
    const url = drawn.current?.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: palette.surface });
    if (!url) return;
    const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (byte) => byte.charCodeAt(0));
    download(fileName(title, 'png'), new Blob([bytes], { type: 'image/png' }));
  };
  const saveTable = () =>
    download(
      fileName(title, 'csv'),
      toCsv(
        table.head,
        table.rows.map((row) => row.map((cell) => cell.value)),
      ),
    );

  return (
    <Panel
      title={title}
      note={note}
      extra={
        <>
          {extra}
          <Button
            type="text"
            icon={asTable ? <BarChartOutlined /> : <TableOutlined />}
            aria-label={`${asTable ? t('chart.asChart') : t('chart.asTable')}: ${title}`}
            title={asTable ? t('chart.asChart') : t('chart.asTable')}
            onClick={() => setAsTable(!asTable)}
          />
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'png', label: t('chart.png'), disabled: asTable, onClick: savePicture },
                { key: 'csv', label: t('chart.csv'), onClick: saveTable },
              ],
            }}
          >
            <Button
              type="text"
              icon={<DownloadOutlined />}
              aria-label={`${t('chart.save')}: ${title}`}
              title={t('chart.save')}
            />
          </Dropdown>
        </>
      }
    >
      {asTable ? (
        <ChartRows table={table} label={title} height={height} />
      ) : (
        <Canvas option={option} summary={summary} height={height} onPick={onPick} drawn={drawn} />
      )}
    </Panel>
  );
}

interface CanvasProps {
  option: (palette: Palette) => EChartsOption;
  summary: string;
  height: number;
  onPick?: (picked: Picked) => void;
  drawn: { current: EChartsType | null };
}

function Canvas({ option, summary, height, onPick, drawn }: CanvasProps) {
  const { t } = useTranslation('ui');
  const box = useRef<HTMLDivElement>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const [failed, setFailed] = useState(false);
  const { palette } = usePalette();

  // Made anew with another palette; another option alone is set by the effect below.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let gone = false;
    const watcher = new ResizeObserver(() => drawn.current?.resize());
    import('./echarts.ts')
      .then(({ init }) => {
        if (gone) return;
        const chart = init(element, houseTheme(palette));
        drawn.current = chart;
        chart.setOption(option(palette));
        chart.getZr().on('click', ({ offsetX, offsetY }) => {
          if (!pick.current || !chart.containPixel('grid', [offsetX, offsetY])) return;
          const [at] = chart.convertFromPixel('grid', [offsetX, offsetY]) ?? [];
          if (at !== undefined) pick.current({ at: Math.round(at) });
        });
        watcher.observe(element);
      })
      .catch(() => setFailed(true));
    return () => {
      gone = true;
      watcher.disconnect();
      drawn.current?.dispose();
      drawn.current = null;
    };
  }, [palette, drawn]);

  useEffect(() => {
    drawn.current?.setOption(option(palette), { notMerge: true });
  }, [option, palette, drawn]);

  if (failed) return <p className="qm-note">{t('chart.failed')}</p>;
  return (
    <div
      ref={box}
      role="img"
      aria-label={summary}
      className={onPick ? 'qm-chart qm-chart-pick' : 'qm-chart'}
      style={{ height }}
    />
  );
}

/** The rows behind a chart as a plain table. */
export function ChartRows({ table, label, height }: { table: ChartTable; label: string; height: number }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="qm-chart-table" style={{ maxHeight: height }} aria-label={label} tabIndex={0}>
      <table className="qm-plain-table">
        <thead>
          <tr>
            {table.head.map((head, at) => (
              <th key={head} scope="col" className={at > 0 ? 'qm-right' : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a chart have no other key
            <tr key={at}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns stay in place
                <td key={column} className={column > 0 ? 'qm-right' : undefined}>
                  {cell.href ? (
                    <Anchor href={cell.href}>{cell.text ?? cell.value}</Anchor>
                  ) : (
                    (cell.text ?? cell.value)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
