import { workspaceId } from '@qianmian/contract';
import { expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { actionWords, detailLine } from './audit-words.ts';
import { currencies, suggestedId } from './money-places.ts';

it('says an audited action in words, or as it is when it is new', () => {
  const [en, zh] = (['en', 'zh'] as const).map((language) =>
    createI18n(language).getFixedT(null, 'governance'),
  );
  if (!en || !zh) throw new Error('unreachable');
  expect(actionWords('coupon.create', en)).toBe('Created a coupon');
  expect(actionWords('api_key.delete', zh)).toBe('删除了 API 密钥');
  expect(actionWords('galaxy.colonise', en)).toBe('galaxy.colonise');
  expect(detailLine({ role: 'operator', reach: 12 })).toBe('role: operator · reach: 12');
});

it('suggests a short name the server accepts, or none', () => {
  for (const name of ['Yunqi Department Store', '  Café №1 ', '24 Hours', 'x'.repeat(80)]) {
    const id = suggestedId(name);
    expect(id === '' || workspaceId.safeParse(id).success, `${name} → ${id}`).toBe(true);
  }
  expect(suggestedId('Yunqi Department Store')).toBe('yunqi-department-store');
  expect(suggestedId('云栖百货')).toBe('');
});

it('offers the usual currencies first and none twice', () => {
  const all = currencies();
  expect(all[0]).toBe('CNY');
  expect(new Set(all).size).toBe(all.length);
});
