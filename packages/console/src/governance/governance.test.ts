import { workspaceId } from '@qianmian/contract';
import { expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { actionWords, actorWords, detailLine, targetPage, targetWords } from './audit-words.ts';
import { linkAddress, linkToken } from './link-token.ts';
import { currencies, suggestedId } from './money-places.ts';

it('says an audited action in words, or as it is when it is new', () => {
  const [en, zh] = (['en', 'zh'] as const).map((language) =>
    createI18n(language).getFixedT(null, 'governance'),
  );
  if (!en || !zh) throw new Error('unreachable');
  expect(actionWords('coupon.create', en)).toBe('Created a coupon');
  expect(actionWords('api_key.delete', zh)).toBe('删除了 API 密钥');
  expect(actionWords('galaxy.colonise', en)).toBe('galaxy.colonise');
  expect(actionWords('invitation.withdraw', en)).toBe('Withdrew an invitation');
  expect(actionWords('password_link.create', zh)).toBe('创建了重设密码链接');
  expect(detailLine({ detail: { role: 'operator', reach: 12, name: 'Till' }, targetName: 'Till' })).toBe(
    'role: operator · reach: 12',
  );
  const id = 'df55821e-0a51-4a8c-9d5f-0123456789ab';
  const launch = { action: 'campaign.launch', target: id, targetName: 'Win back' };
  expect(actorWords('command line', zh)).toBe('命令行');
  expect(targetWords(launch, en)).toBe('Win back');
  expect(targetPage(launch)).toBe(`/campaigns/${id}`);
  expect(targetWords({ ...launch, targetName: null }, en)).toBe('No name (df55821e…)');
  expect(targetWords({ action: 'customer.tag', target: '42', targetName: null }, en)).toBe('Customer 42');
  expect(targetPage({ action: 'tag.save', target: 'VIP', targetName: null })).toBeNull();
});

it('suggests a short name the server accepts, or none', () => {
  for (const name of ['Yunqi Department Store', '  Café №1 ', '24 Hours', 'x'.repeat(80)]) {
    const id = suggestedId(name);
    expect(id === '' || workspaceId.safeParse(id).success, `${name} → ${id}`).toBe(true);
  }
  expect(suggestedId('Yunqi Department Store')).toBe('yunqi-department-store');
  expect(suggestedId('云栖百货')).toBe('');
});

it('finds the secret of a link behind the #, where no server sees it', () => {
  const address = new URL(linkAddress('/sign-in#link=qmi_aB-9_x', 'https://crm.example'));
  expect(address.pathname).toBe('/sign-in');
  expect(linkToken(address.hash)).toBe('qmi_aB-9_x');
  expect(linkToken(address.hash.slice(1))).toBe('qmi_aB-9_x');
  expect([linkToken(''), linkToken('#top')]).toEqual([null, null]);
});

it('offers the usual currencies first and none twice', () => {
  const all = currencies();
  expect(all[0]).toBe('CNY');
  expect(new Set(all).size).toBe(all.length);
});
