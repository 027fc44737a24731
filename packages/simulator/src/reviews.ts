import type { Rng } from './rng.ts';
import type { Bilingual } from './taxonomy.ts';

/** What a text is about. */
export type Aspect = 'quality' | 'delivery' | 'packaging' | 'price' | 'service';

/** -1 bad, 0 neither, 1 good. */
export type Sentiment = -1 | 0 | 1;

/** What a review or complaint truly says, apart from its words. */
export interface TextTruth {
  messageId: string;
  language: 'zh' | 'en';
  sentiment: Sentiment;
  aspects: { aspect: Aspect; sentiment: Sentiment }[];
}

type Phrases = Readonly<Record<'1' | '0' | '-1', readonly Bilingual[]>>;

const PHRASES: Readonly<Record<Aspect, Phrases>> = {
  quality: {
    1: [
      ['质量很好，做工精细', 'the quality is great and it is well made'],
      ['用起来特别舒服，超出预期', 'a joy to use, better than I expected'],
      ['品质没得说，已经回购好几次了', 'really good stuff, I have bought it again and again'],
      ['家里人都很喜欢', 'everyone at home loves it'],
    ],
    0: [
      ['质量一般，中规中矩', 'the quality is average'],
      ['还行吧，没有特别惊喜', 'it is okay, nothing special'],
    ],
    '-1': [
      ['质量太差了，用了两天就坏了', 'poor quality, it broke after two days'],
      ['跟图片完全不一样，很失望', 'nothing like the pictures, very disappointed'],
      ['有股刺鼻的味道，不敢用', 'it has a nasty smell and I do not dare to use it'],
      ['做工粗糙，线头到处都是', 'shoddy work with loose ends everywhere'],
    ],
  },
  delivery: {
    1: [
      ['物流很快，第二天就到了', 'delivery was fast, it came the next day'],
      ['快递小哥态度特别好', 'the courier was very friendly'],
    ],
    0: [['物流速度正常', 'delivery took the usual time']],
    '-1': [
      ['等了一个星期才收到，物流太慢', 'I waited a week, delivery is far too slow'],
      ['快递直接扔门口，电话都没打一个', 'the parcel was dumped at the door without a call'],
    ],
  },
  packaging: {
    1: [['包装很用心，送人也合适', 'lovely packaging, good enough for a gift']],
    0: [['包装比较简单', 'the packaging is plain']],
    '-1': [
      ['包装破了，东西都洒出来了', 'the box was crushed and it had leaked'],
      ['盒子压扁了，送人很没面子', 'the box came dented, embarrassing as a gift'],
    ],
  },
  price: {
    1: [
      ['价格实惠，性价比很高', 'good value for the money'],
      ['活动价入手，太划算了', 'a bargain at the sale price'],
    ],
    0: [['价格跟别家差不多', 'the price is about the same as elsewhere']],
    '-1': [
      ['刚买完就降价，感觉被坑了', 'the price dropped right after I bought it, I feel cheated'],
      ['不值这个价', 'not worth the price'],
    ],
  },
  service: {
    1: [['客服很耐心，问题马上解决', 'the staff were patient and solved it at once']],
    0: [['客服回复还算及时', 'customer service answered in reasonable time']],
    '-1': [
      ['客服一直敷衍，没人解决问题', 'customer service kept brushing me off'],
      ['退款拖了半个月还没到账', 'I have waited two weeks for my refund'],
    ],
  },
};

const OPENING: Phrases = {
  1: [
    ['很满意！', 'Very happy! '],
    ['推荐！', 'Recommended! '],
    ['', ''],
  ],
  0: [
    ['', ''],
    ['一般般。', 'So-so. '],
  ],
  '-1': [
    ['差评！', 'Bad! '],
    ['再也不会买了。', 'Never again. '],
    ['', ''],
  ],
};

const ASPECTS: readonly Aspect[] = ['quality', 'delivery', 'packaging', 'price', 'service'];

/** A text with its truth, the message id still to come. */
type Composed = { body: string } & Omit<TextTruth, 'messageId'>;

function phrase(phrases: Phrases, sentiment: Sentiment, chinese: boolean, rng: Rng): string {
  return rng.pick(phrases[`${sentiment}`])[chinese ? 0 : 1];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentimentOf(rating: number): Sentiment {
  return rating >= 4 ? 1 : rating === 3 ? 0 : -1;
}

/** A review for a rating of 1 to 5: one to three aspects, of which now and then the last speaks the other way. */
export function composeReview(rating: number, productName: string, chinese: boolean, rng: Rng): Composed {
  const sentiment = sentimentOf(rating);
  const aspects: Composed['aspects'] = [{ aspect: 'quality', sentiment }];
  while (aspects.length < 3 && rng.happens(0.45)) {
    const aspect = rng.pick(ASPECTS);
    if (aspects.some((known) => known.aspect === aspect)) continue;
    aspects.push({ aspect, sentiment: rng.happens(0.85) ? sentiment : (-sentiment as Sentiment) });
  }
  const said = aspects.map(({ aspect, sentiment: tone }) => phrase(PHRASES[aspect], tone, chinese, rng));
  const opening = phrase(OPENING, sentiment, chinese, rng);
  const about = rng.happens(0.3) ? productName : '';
  const body = chinese
    ? `${opening}${about ? `${about}，` : ''}${said.join('，')}。`
    : `${opening}${about ? `${about}: ` : ''}${capital(said.join('; '))}.`;
  return { body, language: chinese ? 'zh' : 'en', sentiment, aspects };
}

const TOPIC_ASPECTS: readonly (readonly [topic: string, aspect: Aspect])[] = [
  ['product_quality', 'quality'],
  ['late_delivery', 'delivery'],
  ['damaged_parcel', 'packaging'],
  ['price_protection', 'price'],
  ['refund_delay', 'service'],
];

/** A complaint about an order: its topic and its words. */
export function composeComplaint(orderId: string, chinese: boolean, rng: Rng): Composed & { topic: string } {
  const [topic, aspect] = rng.pick(TOPIC_ASPECTS);
  const said = phrase(PHRASES[aspect], -1, chinese, rng);
  const body = chinese
    ? `订单 ${orderId}：${said}。请尽快处理！`
    : `Order ${orderId}: ${said}. Please sort this out quickly.`;
  return {
    topic,
    body,
    language: chinese ? 'zh' : 'en',
    sentiment: -1,
    aspects: [{ aspect, sentiment: -1 }],
  };
}
