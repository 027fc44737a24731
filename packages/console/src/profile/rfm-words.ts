import type { RfmGroup, RfmReport } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Format } from '../ui/format.ts';

const SLIPPING: readonly RfmGroup[] = ['atRisk', 'cannotLose'];

/** The sentence of the page: what the best bring, and how many of the good are going. */
export function rfmHeadline(report: RfmReport, t: TFunction<'profile'>, format: Format): string {
  const people = (groups: readonly RfmGroup[]) =>
    report.groups.filter((one) => groups.includes(one.group)).reduce((sum, one) => sum + one.people, 0);
  const champions = report.groups.find((one) => one.group === 'champions');
  const spend = report.groups.reduce((sum, one) => sum + one.spendCents, 0);
  if (!champions || champions.people === 0 || spend <= 0)
    return t('rfm.headlinePlain', { customers: format.number(report.customers) });
  const risk = people(SLIPPING);
  return t(risk > 0 ? 'rfm.headline' : 'rfm.headlineNoRisk', {
    champions: format.number(champions.people),
    share: format.percent(champions.spendCents / spend, 0),
    risk: format.number(risk),
  });
}
