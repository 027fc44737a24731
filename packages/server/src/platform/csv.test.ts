import { expect, it } from 'vitest';
import { csvLine } from './csv.ts';

it('quotes what needs it and disarms what a spreadsheet would run', () => {
  expect(csvLine(['a', 'b,c', 'say "hi"', 3, -4, null, true])).toBe('a,"b,c","say ""hi""",3,-4,,true\r\n');
  expect(csvLine(['＝1+1', '＋1', '－1', '＠x', '甲＝乙'])).toBe("'＝1+1,'＋1,'－1,'＠x,甲＝乙\r\n");
  expect(csvLine(['=1+1', '+86 138', '-2', '@x', '\tx'])).toBe("'=1+1,'+86 138,'-2,'@x,'\tx\r\n");
});
