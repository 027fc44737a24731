import { DownloadOutlined, SettingOutlined } from '@ant-design/icons';
import { Button, Checkbox, Dropdown, Popover, Table, type TableProps } from 'antd';
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Anchor, useGoTo } from './anchor.tsx';
import { download, fileName } from './download.ts';
import { useKept } from './kept.ts';
import { EmptyState } from './states.tsx';
import { type Column, cellTip, type Sort, shownColumns, sortRows, tableCsv } from './table-rows.ts';
import { useFormat } from './use-format.ts';

interface DataTableProps<Row> {
  /** Name under which the choice of columns is kept in this browser. */
  id: string;
  /** What the table lists, for screen readers and the name of the file. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Where a row leads: its first column becomes a link, and the whole row can be clicked. */
  rowHref?: (row: Row) => string;
  onRowClick?: (row: Row) => void;
  loading?: boolean;
  /** Shown instead of rows when there are none: an `EmptyState`. */
  empty?: ReactNode;
  /** Order kept outside (in the address), sorted by the server. Without it the table sorts what it has. */
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  /** Order at first, when the table sorts by itself. */
  sortAtFirst?: Sort;
  /** The next rows, when there are any; asked for on reaching the end. */
  more?: { has: boolean; loading: boolean; load: () => void };
  /** How many there are in all, where known. */
  total?: number | null;
  /** Where the server writes the whole list as CSV. */
  exportHref?: string;
  /** Chosen rows, with what can be done to them in `toolbar`. */
  selection?: { keys: string[]; onChange: (keys: string[]) => void };
  /** Filters and search, at the left above the table. */
  toolbar?: ReactNode;
  /** Inside a panel that has a frame of its own. */
  bare?: boolean;
  /** Rows from which only those in sight are drawn. */
  virtualFrom?: number;
}

const ROW_PX = 48;

/** A table that stays quick with a hundred thousand rows: sortable, with kept columns, export and loading on the way down. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { id, label, columns, rows, rowKey, rowHref, onRowClick, more, virtualFrom = 60 } = props;
  const { t } = useTranslation('ui');
  const format = useFormat();
  const goTo = useGoTo();
  const [kept, keepColumns] = useKept(`columns.${id}`, '');
  const [own, setOwn] = useState<Sort | undefined>(props.sortAtFirst);
  const frame = useRef<HTMLDivElement>(null);
  const height = useHeightLeft(frame);
  useReachableScroll(frame, label);
  // The hidden row by which widths are measured copies the head, its check box included: nobody may come upon it.
  useLayoutEffect(() => frame.current?.querySelector('.ant-table-measure-row')?.setAttribute('inert', ''));

  const shown = useMemo(() => shownColumns(columns, kept), [columns, kept]);
  const sort = props.sort ?? own;
  const ordered = useMemo(
    () =>
      props.sort || !own
        ? rows
        : sortRows(
            rows,
            columns.find((column) => column.key === own.by),
            own.order,
            format.compare,
          ),
    [rows, columns, own, props.sort, format],
  );

  const open = rowHref ? (row: Row) => goTo(rowHref(row)) : onRowClick;
  const widest = window.innerWidth < 600 ? 180 : Number.POSITIVE_INFINITY;
  const widthOf = (column: Column<Row>) => Math.min(column.width ?? 140, widest);
  const width = shown.reduce((sum, column) => sum + widthOf(column), 0);
  const virtual = ordered.length >= virtualFrom;
  const growing = shown.find((column) => column.grow) ?? shown[0];
  const tableColumns: TableProps<Row>['columns'] = shown.map((column, at) => ({
    key: column.key,
    title: column.help ? <abbr title={column.help}>{column.title}</abbr> : column.title,
    align: column.align,
    width: column === growing ? undefined : widthOf(column),
    ellipsis: { showTitle: false },
    onCell: (row) => ({ title: cellTip(column, row) }),
    className: column.align === 'right' ? 'qm-num' : undefined,
    sorter: column.sortable,
    showSorterTooltip: false,
    sortDirections: ['descend', 'ascend', 'descend'],
    sortOrder: column.sortable ? (sort?.by === column.key ? ANTD_ORDER[sort.order] : null) : undefined,
    render: (_: unknown, row: Row) => {
      const content = column.cell ? column.cell(row) : (column.value?.(row) ?? '–');
      if (at > 0 || !open) return content;
      return rowHref ? (
        <Anchor className="qm-row-link" href={rowHref(row)}>
          {content}
        </Anchor>
      ) : (
        <button type="button" className="qm-row-link" onClick={() => onRowClick?.(row)}>
          {content}
        </button>
      );
    },
  }));

  const nearEnd = (element: HTMLElement) =>
    element.scrollHeight - element.scrollTop - element.clientHeight < ROW_PX * 12;

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys only move the focus between the links inside
    <div className={props.bare ? 'qm-table qm-table-bare' : 'qm-table'} ref={frame} onKeyDown={moveByArrow}>
      <div className="qm-table-bar">
        <div className="qm-table-tools">{props.toolbar}</div>
        <div className="qm-table-tools">
          <span className="qm-note" aria-live="polite">
            {typeof props.total === 'number' && props.total > rows.length
              ? t('shownOf', { shown: format.number(rows.length), total: format.number(props.total) })
              : rows.length > 0 &&
                t(more?.has ? 'shownFirst' : 'shown', {
                  count: rows.length,
                  rows: format.number(rows.length),
                })}
          </span>
          <ColumnChoice columns={columns} shown={shown} onChange={keepColumns} />
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                {
                  key: 'shown',
                  label: t('exportShown'),
                  disabled: rows.length === 0,
                  onClick: () => download(fileName(label, 'csv'), tableCsv(shown, ordered)),
                },
                ...(props.exportHref
                  ? [
                      {
                        key: 'whole',
                        label: (
                          <a href={props.exportHref} download>
                            {t('exportWhole')}
                          </a>
                        ),
                      },
                    ]
                  : []),
              ],
            }}
          >
            <Button type="text" icon={<DownloadOutlined />} aria-label={t('export')} title={t('export')} />
          </Dropdown>
        </div>
      </div>
      <Table<Row>
        aria-label={label}
        size="middle"
        rowKey={rowKey}
        columns={tableColumns}
        dataSource={ordered as Row[]}
        pagination={false}
        virtual={virtual}
        scroll={virtual ? { x: width, y: height } : { x: width }}
        loading={props.loading && rows.length > 0}
        rowSelection={
          props.selection && {
            selectedRowKeys: props.selection.keys,
            onChange: (keys) => props.selection?.onChange(keys.map(String)),
            preserveSelectedRowKeys: true,
            columnWidth: 44,
          }
        }
        locale={{
          emptyText: props.loading ? ' ' : (props.empty ?? <EmptyState small title={t('nothingFound')} />),
        }}
        onRow={(row) => ({
          className: open ? 'qm-row-open' : undefined,
          onClick: (event) => {
            if (open && !(event.target as Element).closest('a,button,input,label,.ant-checkbox-wrapper'))
              open(row);
          },
        })}
        onChange={(_page, _filters, sorter) => {
          const one = Array.isArray(sorter) ? sorter[0] : sorter;
          if (!one?.columnKey || !one.order) return;
          const next: Sort = { by: String(one.columnKey), order: one.order === 'ascend' ? 'asc' : 'desc' };
          if (props.onSort) props.onSort(next);
          else setOwn(next);
        }}
        onScroll={(event) => {
          if (more?.has && !more.loading && nearEnd(event.currentTarget)) more.load();
        }}
      />
      {more?.has && (
        <div className="qm-table-more">
          <Button onClick={more.load} loading={more.loading}>
            {t('loadMore')}
          </Button>
        </div>
      )}
    </div>
  );
}

const ANTD_ORDER = { asc: 'ascend', desc: 'descend' } as const;

/** Up and down go from row to row while a row's link has the focus. */
function moveByArrow(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('.qm-row-link')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  links[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}

/** Room from the top of the table to the bottom of the window, at least a dozen rows. */
function useHeightLeft(frame: { current: HTMLElement | null }): number {
  const [height, setHeight] = useState(560);
  useLayoutEffect(() => {
    const measure = () => {
      const top = frame.current?.getBoundingClientRect().top ?? 0;
      const offset = top + (document.scrollingElement?.scrollTop ?? 0);
      setHeight(Math.max(ROW_PX * 8, window.innerHeight - Math.min(offset, 320) - 170));
    };
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [frame]);
  return height;
}

/** A table wider than its frame can be scrolled with the arrow keys too: its scrolling part takes the focus. */
function useReachableScroll(frame: { current: HTMLElement | null }, label: string) {
  useLayoutEffect(() => {
    const parts = frame.current?.querySelectorAll<HTMLElement>(
      '.ant-table-content, .ant-table-tbody-virtual-holder',
    );
    if (!parts) return;
    const measure = () => {
      for (const part of parts) {
        const scrolls = part.scrollWidth > part.clientWidth;
        part.tabIndex = scrolls ? 0 : -1;
        if (scrolls) {
          part.setAttribute('role', 'group');
          part.setAttribute('aria-label', label);
        }
      }
    };
    const watching = new ResizeObserver(measure);
    for (const part of parts) watching.observe(part);
    return () => watching.disconnect();
  }, [frame, label]);
}

function ColumnChoice<Row>({
  columns,
  shown,
  onChange,
}: {
  columns: readonly Column<Row>[];
  shown: readonly Column<Row>[];
  onChange: (kept: string) => void;
}) {
  const { t } = useTranslation('ui');
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('columns')}
      content={
        <Checkbox.Group
          className="qm-column-choice"
          value={shown.map((column) => column.key)}
          options={columns.map((column) => ({
            label: column.title,
            value: column.key,
            disabled: column.always,
          }))}
          onChange={(keys) => onChange(keys.join(',') || columns[0]?.key || '')}
        />
      }
    >
      <Button type="text" icon={<SettingOutlined />} aria-label={t('columns')} title={t('columns')} />
    </Popover>
  );
}
