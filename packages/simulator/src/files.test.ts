import { beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type Fields, history, type OrderFile, orderFiles } from './index.ts';

const world = createWorld({ seed: 6, people: 400, days: 70 });
let files: OrderFile[];

function rowsOf(prefix: string): Record<string, string>[] {
  return files
    .filter(({ file }) => file.startsWith(prefix))
    .flatMap(({ rows: [headers, ...rows] }) =>
      rows.map((row) => Object.fromEntries(headers!.map((h, i) => [h, row[i]!]))),
    );
}

beforeAll(() => {
  files = [...orderFiles(world)];
});

describe('the files of a retailer', () => {
  it('are named by what they hold and by month', () => {
    const names = files.map(({ file }) => file);
    expect(names.slice(0, 3)).toEqual(['products.csv', 'stores.csv', 'members-1.csv']);
    expect(names).toContain('pos-2024-03.csv');
    expect(names).toContain('web-orders-2024-01.csv');
    expect(
      files.every(({ rows: [headers, ...rows] }) => rows.every((row) => row.length === headers!.length)),
    ).toBe(true);
  });

  it('hold the same lines and the same money as the history', () => {
    let goods = 0;
    let lines = 0;
    for (const { messages } of history(world)) {
      for (const { event, properties } of messages) {
        if (event !== 'Order Completed') continue;
        goods += Math.round(Number(properties!.revenue) * 100);
        lines += (properties!.products as Fields[]).length;
      }
    }
    const till = rowsOf('pos-').filter((row) => row.类型 === '销售');
    const web = rowsOf('web-orders-').filter((row) => row['Financial Status'] !== 'refunded');
    const tillCents = till.reduce((sum, row) => sum + Math.round(Number(row.实收金额) * 100), 0);
    const webCents = web.reduce((sum, row) => sum + Math.round(Number(row.Subtotal || 0) * 100), 0);
    expect(tillCents + webCents).toBe(goods);
    expect(till.length + web.length).toBe(lines);
  });

  it('name each member once', () => {
    const members = rowsOf('members').map((row) => row.会员编号 || row.会员卡号);
    expect(members.length).toBeGreaterThan(200);
    expect(new Set(members).size).toBe(members.length);
  });
});
