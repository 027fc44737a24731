import { en as campaignEn } from '../campaign/locale.en.ts';
import { zh as campaignZh } from '../campaign/locale.zh.ts';
import { en as catalogEn } from '../catalog/locale.en.ts';
import { zh as catalogZh } from '../catalog/locale.zh.ts';
import { en as collectEn } from '../collect/locale.en.ts';
import { zh as collectZh } from '../collect/locale.zh.ts';
import { en as demoEn } from '../demo/locale.en.ts';
import { zh as demoZh } from '../demo/locale.zh.ts';
import { en as governanceEn } from '../governance/locale.en.ts';
import { zh as governanceZh } from '../governance/locale.zh.ts';
import { en as identityEn } from '../identity/locale.en.ts';
import { zh as identityZh } from '../identity/locale.zh.ts';
import { en as insightEn } from '../insight/locale.en.ts';
import { zh as insightZh } from '../insight/locale.zh.ts';
import { en as jobsEn } from '../jobs/locale.en.ts';
import { zh as jobsZh } from '../jobs/locale.zh.ts';
import { en as profileEn } from '../profile/locale.en.ts';
import { zh as profileZh } from '../profile/locale.zh.ts';
import { en as promotionEn } from '../promotion/locale.en.ts';
import { zh as promotionZh } from '../promotion/locale.zh.ts';
import { en as segmentEn } from '../segment/locale.en.ts';
import { zh as segmentZh } from '../segment/locale.zh.ts';
import { en as uiEn } from '../ui/locale.en.ts';
import { zh as uiZh } from '../ui/locale.zh.ts';
import { en as shellEn } from './locale.en.ts';
import { zh as shellZh } from './locale.zh.ts';

/** All English words, by domain: the shape that the Chinese ones must have. */
export const english = {
  shell: shellEn,
  ui: uiEn,
  insight: insightEn,
  profile: profileEn,
  segment: segmentEn,
  campaign: campaignEn,
  promotion: promotionEn,
  collect: collectEn,
  identity: identityEn,
  catalog: catalogEn,
  jobs: jobsEn,
  governance: governanceEn,
  demo: demoEn,
};
export const chinese = {
  shell: shellZh,
  ui: uiZh,
  insight: insightZh,
  profile: profileZh,
  segment: segmentZh,
  campaign: campaignZh,
  promotion: promotionZh,
  collect: collectZh,
  identity: identityZh,
  catalog: catalogZh,
  jobs: jobsZh,
  governance: governanceZh,
  demo: demoZh,
};

type Leaves<T, Path extends string> = {
  [Key in keyof T & string]: T[Key] extends string
    ? `${Path}${Key extends `${infer Bare}_${'one' | 'other'}` ? Bare : Key}`
    : Leaves<T[Key], `${Path}${Key}.`>;
}[keyof T & string];

/** A text by its full name: `insight:pages.overview`. For what is declared before it is shown; in components use `useTranslation`. */
export type TextKey = {
  [Domain in keyof typeof english & string]: Leaves<(typeof english)[Domain], `${Domain}:`>;
}[keyof typeof english & string];

export type TextValues = Record<string, string | number>;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell';
    resources: typeof english;
    returnNull: false;
  }
}
