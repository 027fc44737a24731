import { expect, it } from 'vitest';
import { letterDocument } from './letter-document.ts';

it('makes links of a letter leave for a new tab, whatever its shape', () => {
  expect(letterDocument('<p>hi</p>')).toMatch(/^<!doctype html>.*<base target="_blank">.*<p>hi<\/p>/s);
  expect(letterDocument('<html><HEAD lang="zh"><title>t</title></HEAD></html>')).toMatch(
    /<HEAD lang="zh"><base target="_blank">.*<title>t<\/title>/s,
  );
});
