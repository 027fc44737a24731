import type { EmailContent, messagePreview } from '@qianmian/contract';
import type { z } from 'zod';
import type { Workspaces } from '../governance/index.ts';
import type { Clock } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import { maskEmail } from '../profile/index.ts';
import type { Promotion, Terms } from '../promotion/index.ts';
import { badTemplate, incomplete, noMailServer, RecipientFault } from './errors.ts';
import {
  CUSTOMER_FIELDS,
  couponFields,
  customerFields,
  customerNames,
  maskedCustomer,
  type Shop,
  sampleCustomer,
} from './fields.ts';
import { type Addresses, openLetters } from './letter.ts';
import type { Fields } from './liquid.ts';
import { addressWith } from './markup.ts';
import { mimeMessage } from './mime.ts';
import type { MailServer } from './smtp.ts';
import type { CampaignWarehouse } from './store.ch.ts';
import { compileEmail, type EmailTemplate, fieldsNamed, missingFields, writeTo } from './template.ts';
import { makeToken, messageIdOf, type TokenKind } from './tracking.ts';

/** Mail as this installation sends it; no server while its operator named none. */
export interface Mail {
  server: MailServer | null;
  from: string;
}

export interface MessageParts {
  warehouse: CampaignWarehouse;
  workspaces: Pick<Workspaces, 'get'>;
  promotion: Pick<Promotion, 'coupons'>;
  clock: Clock;
  secret: Buffer;
  /** Where the outside reaches us; addresses in messages begin with it. */
  publicUrl: () => string;
  mail: Mail;
}

/** A campaign's message, ready to be written to one person after another. */
export interface Mailing {
  campaignId: string;
  shop: Shop;
  template: EmailTemplate;
  coupon: Terms | null;
}

/** Messages: checked, written, previewed, tried out. */
export function openMessages(parts: MessageParts) {
  const { warehouse, promotion, secret } = parts;
  const letter = openLetters();

  /** Parses an e-mail; a field that does not exist, and a coupon that is missing, is refused. */
  async function compile(workspace: string, email: EmailContent, couponId: string | null) {
    const named = customerNames(fieldsNamed(email));
    const known = [...CUSTOMER_FIELDS, ...(await warehouse.traitsNamed(workspace, named))];
    const told = named.every((name) => known.includes(name))
      ? known
      : [...new Set([...CUSTOMER_FIELDS, ...(await warehouse.commonTraits(workspace, MOST_TOLD))])];
    const template = compileEmail(email, known, told);
    const ofCoupon = template.fields.find((f) => f.startsWith('coupon.'));
    if (ofCoupon && couponId === null)
      throw badTemplate('couponId', `The e-mail names "${ofCoupon}"; choose the coupon it is about.`);
    return template;
  }

  async function mailingOf(
    workspace: string,
    campaignId: string,
    couponId: string | null,
    template: EmailTemplate,
  ): Promise<Mailing> {
    return {
      campaignId,
      shop: await parts.workspaces.get(workspace),
      template,
      coupon: couponId === null ? null : await promotion.coupons.terms(workspace, couponId),
    };
  }

  async function prepare(
    workspace: string,
    campaignId: string,
    email: EmailContent,
    couponId: string | null,
  ): Promise<Mailing> {
    return mailingOf(workspace, campaignId, couponId, await compile(workspace, email, couponId));
  }

  function fieldsFor(mailing: Mailing, customer: Fields['customer'], code: string | null): Fields {
    const { coupon, shop, template } = mailing;
    return {
      customer,
      coupon: couponFields(coupon, code, shop, template.language),
      shop: { name: shop.name },
    };
  }

  /** Values of the people's own fields that the mailing names. */
  function customersOf(mailing: Mailing, people: readonly number[]) {
    const { fields, language } = mailing.template;
    return customerFields(warehouse, mailing.shop, people, { names: customerNames(fields), language });
  }

  async function write(mailing: Mailing, fields: Fields, to: Addresses) {
    const { subject, blocks } = writeTo(mailing.template, fields);
    const { language } = mailing.template;
    return { subject, ...(await letter({ blocks, subject, shop: mailing.shop.name, language }, to)) };
  }

  /** Addresses of a message that is counted: each leads through us. Letters written to by mailto: stay. */
  function trackedAddresses(mailing: Mailing, personId: number): Addresses {
    const at = (kind: TokenKind, path: string, link = 0, ending = '') =>
      `${parts.publicUrl()}${path}${makeToken(secret, kind, { campaignId: mailing.campaignId, personId, link })}${ending}`;
    return {
      link: (i) => {
        const address = mailing.template.links[i]!;
        return address.startsWith('mailto:') ? address : at('click', '/t/c/', i);
      },
      pixel: at('open', '/t/o/', 0, '.gif'),
      unsubscribe: at('leave', '/u/'),
    };
  }

  /** Addresses of a message that counts nowhere: they lead straight there. */
  function plainAddresses(mailing: Mailing, code: string): Addresses {
    return {
      link: (i) => addressWith(mailing.template.links[i]!, code),
      pixel: null,
      unsubscribe: `${parts.publicUrl()}/u/preview`,
    };
  }

  function messageId(campaignId: string, personId: number): string {
    return messageIdOf(secret, campaignId, personId, parts.mail.from.split('@')[1] ?? 'localhost');
  }

  const envelopeOf = (mailing: Mailing) => ({
    from: { name: mailing.template.fromName, address: parts.mail.from },
    date: new Date(parts.clock.now()),
  });

  async function someone(workspace: string, personId: number | null): Promise<number | null> {
    if (personId === null) return warehouse.anyone(workspace, parts.clock.now());
    const [known] = await warehouse.profiles(workspace, [personId]);
    if (!known) throw notFound('customer', personId);
    return personId;
  }

  /** Values of someone for a preview; hidden where the reader may not see them. */
  async function previewCustomer(mailing: Mailing, personId: number | null, reveal: boolean) {
    const names = customerNames(mailing.template.fields);
    if (personId === null) return { to: '', customer: sampleCustomer(names, mailing.template.language) };
    const [profile] = await warehouse.profiles(mailing.shop.id, [personId]);
    const known = (await customersOf(mailing, [personId])).get(personId) ?? {};
    const email = profile?.email ?? '';
    if (reveal) return { to: email, customer: known };
    return { to: maskEmail(email), customer: maskedCustomer(known) };
  }

  return {
    compile,
    prepare,
    customersOf,

    /** The message of a campaign that was launched: a field that nobody has any more is missing for each, no more. */
    prepareLaunched(row: {
      workspace: string;
      id: string;
      email: EmailContent;
      coupon_id: string | null;
    }): Promise<Mailing> {
      const template = compileEmail(row.email, customerNames(fieldsNamed(row.email)));
      return mailingOf(row.workspace, row.id, row.coupon_id, template);
    },

    /** Throws when the message lacks something for everyone, whoever they are. */
    checkForEveryone(mailing: Mailing): void {
      const { fields, language } = mailing.template;
      try {
        writeTo(
          mailing.template,
          fieldsFor(mailing, sampleCustomer(customerNames(fields), language), 'CODE'),
        );
      } catch (error) {
        if (!(error instanceof RecipientFault)) throw error;
        throw incomplete('email', `Nobody could be written to: ${error.message}`);
      }
    },

    /** The message for one recipient, as it goes over the wire. */
    async messageFor(
      mailing: Mailing,
      to: { personId: number; address: string; customer: Fields['customer']; code: string | null },
    ): Promise<Buffer> {
      const addresses = trackedAddresses(mailing, to.personId);
      const written = await write(mailing, fieldsFor(mailing, to.customer, to.code), addresses);
      return mimeMessage({
        ...envelopeOf(mailing),
        ...written,
        to: to.address,
        messageId: messageId(mailing.campaignId, to.personId),
        unsubscribe: addresses.unsubscribe,
      });
    },

    /** The message as someone would see it, also where they lack a value: that is then named. */
    async preview(
      workspace: string,
      ask: { email: EmailContent; couponId: string | null; personId: number | null },
      reveal: boolean,
    ): Promise<z.infer<typeof messagePreview>> {
      const mailing = await prepare(workspace, 'preview', ask.email, ask.couponId);
      const personId = await someone(workspace, ask.personId);
      const { to, customer } = await previewCustomer(mailing, personId, reveal);
      const code = mailing.coupon ? SAMPLE_CODE : null;
      const fields = fieldsFor(mailing, customer, code);
      const missing = missingFields(mailing.template, fields);
      const addresses = plainAddresses(mailing, code ?? '');
      const written = await write(mailing, fields, addresses).catch((error: unknown) => {
        if (error instanceof RecipientFault) return write(mailing, filledIn(fields, missing), addresses);
        throw error;
      });
      return { personId, to, missing, ...written };
    },

    /** Sends the message to an address of one's own, with nobody's values in it. */
    async sendTest(mailing: Mailing, to: string): Promise<{ messageId: string }> {
      if (!parts.mail.server) throw noMailServer();
      const { fields, language } = mailing.template;
      const code = mailing.coupon ? SAMPLE_CODE : null;
      const values = fieldsFor(mailing, sampleCustomer(customerNames(fields), language), code);
      const written = await write(mailing, values, plainAddresses(mailing, code ?? ''));
      const id = messageId(`test:${mailing.campaignId}:${parts.clock.now()}`, 0);
      const message = mimeMessage({
        ...envelopeOf(mailing),
        ...written,
        to,
        messageId: id,
        unsubscribe: null,
      });
      const delivery = await parts.mail.server.send({ from: parts.mail.from, to }, message);
      if (delivery.fate !== 'sent')
        throw incomplete('to', `The mail server did not take it: ${delivery.why}`);
      return { messageId: id };
    },
  };
}
export type Messages = ReturnType<typeof openMessages>;

const SAMPLE_CODE = 'SAMPLE2345';
/** Who names a trait that nobody has is told so many that there are. */
const MOST_TOLD = 100;

/** Fields with a visible mark where a value is missing. */
function filledIn(fields: Fields, missing: readonly string[]): Fields {
  const filled: Fields = {
    customer: { ...fields.customer },
    coupon: { ...fields.coupon },
    shop: { ...fields.shop },
  };
  for (const name of missing) {
    const [of, ...rest] = name.split('.') as [keyof Fields, ...string[]];
    filled[of][rest.join('.')] = `⟨${name}⟩`;
  }
  return filled;
}
