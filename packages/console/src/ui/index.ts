/**
 * The kit: how pages are made. It knows no retail word; what it shows comes in written and translated.
 *
 * A page, from top to bottom:
 * - `<Page title headline note actions filters breadcrumbs>` says it in a sentence first. It sets the title of the window.
 * - `useAddressState(schema)` keeps filters, tabs and periods in the address (schema declared outside the component).
 * - `<Answer of={query}>{(data) => …}</Answer>` shows loading, error and no permission of `useApi` / `useApiPages`.
 * - `<Stats><Stat label value change trend href/></Stats>` for indicators, `<Grid><Panel title note extra>…</Panel></Grid>`
 *   for parts, `<Facts of={[{label, value}]}/>` for name and value.
 * - `<LineCompare>` (lines, intervals as bands), `<Bars>` (lying, with mark of the period before), `<SplitBar>` (one whole in
 *   parts), `<HeatGrid>` (small grid of links), `<Chart>` (any ECharts option in our theme with table view, PNG, CSV, text
 *   alternative and `onPick`). Memoise what you give to charts.
 * - `<DataTable id label columns rows rowKey rowHref …>`: `value` of a column is sorted and exported, `cell` is shown. For
 *   server lists give `rows={list.rows} total={list.total} more={list.more} loading={list.loading}` of
 *   `useApiPages`, with `sort`/`onSort` from the address and `exportHref={hrefOf(api.export…, …)}`.
 * - `<Badge tone>` says a state in a word with a dot; colour only by meaning.
 * - `<EmptyState title text action>` says the next step. `<Why title>facts</Why>` explains a number.
 * - `useConfirm()` / `<ConfirmDanger>` name the consequence before what cannot be undone; `useToast()` says what happened.
 * - Forms: antd `Form` with `<FormField name label hint>`, and `useFieldFaults(form, action.fields)` for the server's faults.
 * - `useFormat()` writes every number, money and date; `<Money cents/> <NumberText/> <Percent/> <DateText at as/> <Interval/>`
 *   do it inline. Never `toLocaleString`, never `toFixed` in a page.
 * - `<Anchor href>` and `useGoTo()` move inside the console; inside a workspace use `useTo()` / `useGo()` of `shell/address.ts`.
 *
 * `insight/overview-page.tsx` is the example to follow.
 */
export { readAddress, useAddressState, writeAddress } from './address-state.ts';
export { Anchor, useGoTo } from './anchor.tsx';
export { Badge, type Tone } from './badge.tsx';
export { Change, type Meaning } from './change.tsx';
export { type Bar, Bars, SplitBar } from './charts/bars.tsx';
export { Chart, type ChartTable, type Picked } from './charts/chart.tsx';
export { type HeatCell, HeatGrid } from './charts/heat-grid.tsx';
export { LineCompare } from './charts/line-compare.tsx';
export type { Line } from './charts/line-options.ts';
export { Sparkline } from './charts/sparkline.tsx';
export { type Confirm, ConfirmDanger, type Question, useConfirm } from './confirm.tsx';
export { CopyText } from './copy-text.tsx';
export { type Cell, toCsv } from './csv.ts';
export { DataTable } from './data-table.tsx';
export { download, fileName } from './download.ts';
export { FormField, useFieldFaults } from './form-field.tsx';
export type { Format } from './format.ts';
export { useKept } from './kept.ts';
export { NewerChoice } from './newer-choice.tsx';
export { DateText, Interval, Money, NumberText, Percent } from './numbers.tsx';
export { Page } from './page.tsx';
export { categoryColour, type Palette } from './palette.ts';
export { usePalette } from './palette-context.ts';
export { Facts, Grid, Panel } from './panel.tsx';
export { SearchBox } from './search-box.tsx';
export {
  arrived,
  beginWith,
  hasOwn,
  keepMine,
  meet,
  type SharedDraft,
  takeTheirs,
  type Version,
} from './shared-draft.ts';
export { Stat, Stats } from './stat.tsx';
export { Answer, EmptyState, ErrorState, Loading, NoPermission } from './states.tsx';
export type { Column, Sort } from './table-rows.ts';
export { type Toast, useToast } from './toast.tsx';
export { RedoIcon, UndoIcon } from './turn-icons.tsx';
export { useFormat } from './use-format.ts';
export { Why } from './why.tsx';
