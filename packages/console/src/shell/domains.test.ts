import { PERMISSIONS_OF_ROLE } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { pageAddress, safeReturn } from './address.ts';
import { domains, navigation } from './domains.ts';
import { firstLanguage } from './i18n.ts';

const pages = domains.flatMap((domain) => domain.pages);
const paths = (groups: ReturnType<typeof navigation>) =>
  groups.flatMap((group) => group.pages.map((page) => page.path));

describe('the navigation', () => {
  it('has each address once', () => {
    expect(new Set(pages.map((page) => page.path)).size).toBe(pages.length);
  });

  it('shows a viewer neither settings, audit nor letters, and the mailbox only in a demo', () => {
    const viewer = paths(navigation(pages, PERMISSIONS_OF_ROLE.viewer, true));
    expect(viewer).toContain('/overview');
    for (const path of ['/settings', '/audit', '/jobs', '/mailbox']) expect(viewer).not.toContain(path);
    expect(paths(navigation(pages, PERMISSIONS_OF_ROLE.owner, true))).toContain('/mailbox');
    expect(paths(navigation(pages, PERMISSIONS_OF_ROLE.owner, false))).not.toContain('/mailbox');
  });

  it('names each action once', () => {
    const ids = domains.flatMap((domain) => domain.actions ?? []).map((action) => action.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('addresses', () => {
  it('keep the workspace and leave out what is empty', () => {
    expect(pageAddress('demo', '/customers', { lifecycle: 'new', tag: '', page: undefined })).toBe(
      '/w/demo/customers?lifecycle=new',
    );
  });

  it('lead back only into this console', () => {
    expect(safeReturn('/w/demo/overview?days=7')).toBe('/w/demo/overview?days=7');
    for (const bad of [
      null,
      '',
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/sign-in?back=/sign-in',
    ])
      expect(safeReturn(bad)).toBe('/');
  });
});

it('speaks the language chosen before, else the first the browser wishes that it knows', () => {
  expect(firstLanguage('zh', ['en'])).toBe('zh');
  expect(firstLanguage(null, ['zh-TW', 'en'])).toBe('zh');
  expect(firstLanguage(null, ['fr', 'en-GB', 'zh'])).toBe('en');
  expect(firstLanguage('xx', [])).toBe('en');
});
