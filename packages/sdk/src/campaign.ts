/** Parameters by which advertising networks recognise a click of theirs. */
const CLICK_IDS = [
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  'msclkid',
  'fbclid',
  'ttclid',
  'twclid',
  'li_fat_id',
  'yclid',
  'bd_vid',
  'gdt_vid',
  'qz_gdt',
  'clickid',
];

/** The campaign an address names by `utm_` parameters (`name` for `utm_campaign`) and click ids; null for none. */
export function campaignOf(parameters: (name: string) => string | null): Record<string, string> | null {
  const campaign: Record<string, string> = {};
  const keep = (as: string, name: string) => {
    const value = parameters(name);
    if (value) campaign[as] = value.slice(0, 200);
  };
  keep('name', 'utm_campaign');
  for (const part of ['source', 'medium', 'term', 'content', 'id']) keep(part, `utm_${part}`);
  for (const name of CLICK_IDS) keep(name, name);
  return Object.keys(campaign).length > 0 ? campaign : null;
}
