import { campaignEndpoints } from './campaign.ts';
import { catalogEndpoints } from './catalog.ts';
import { cleaningEndpoints } from './cleaning.ts';
import { collectEndpoints } from './collect.ts';
import { demoEndpoints } from './demo.ts';
import { governanceEndpoints } from './governance.ts';
import { identityEndpoints } from './identity.ts';
import { insightEndpoints } from './insight.ts';
import { jobEndpoints } from './jobs.ts';
import { profileEndpoints } from './profile.ts';
import { promotionEndpoints } from './promotion.ts';
import { pullEndpoints } from './pulls.ts';
import { qualityEndpoints } from './quality.ts';
import { quotaEndpoints } from './quota.ts';
import { segmentEndpoints } from './segment.ts';

/** Every endpoint of the product API, by the name of its call. */
export const api = {
  ...governanceEndpoints,
  ...jobEndpoints,
  ...catalogEndpoints,
  ...collectEndpoints,
  ...pullEndpoints,
  ...quotaEndpoints,
  ...qualityEndpoints,
  ...cleaningEndpoints,
  ...identityEndpoints,
  ...profileEndpoints,
  ...promotionEndpoints,
  ...campaignEndpoints,
  ...insightEndpoints,
  ...demoEndpoints,
  ...segmentEndpoints,
};
