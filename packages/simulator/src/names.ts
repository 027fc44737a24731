import { Rng, SALT } from './rng.ts';

type Word = readonly [hanzi: string, pinyin: string];

const words = (line: string): Word[] => line.split(' ').map((word) => word.split(':') as [string, string]);

const SURNAMES = words(
  '王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 黄:huang 赵:zhao 吴:wu 周:zhou 徐:xu 孙:sun 马:ma 朱:zhu 胡:hu 郭:guo 何:he 林:lin 高:gao 罗:luo 郑:zheng 梁:liang 谢:xie 宋:song 唐:tang 许:xu 韩:han 邓:deng 冯:feng 曹:cao 欧阳:ouyang 司马:sima',
);
const FEMALE = words(
  '芳:fang 娜:na 敏:min 静:jing 丽:li 艳:yan 雪:xue 婷:ting 玉:yu 萍:ping 梅:mei 琳:lin 欣:xin 怡:yi 佳:jia 雅:ya 慧:hui 莹:ying 倩:qian 诗:shi 涵:han 梓:zi 萱:xuan 晴:qing 悦:yue',
);
const MALE = words(
  '伟:wei 强:qiang 磊:lei 军:jun 洋:yang 勇:yong 杰:jie 涛:tao 明:ming 超:chao 刚:gang 平:ping 辉:hui 鹏:peng 浩:hao 宇:yu 轩:xuan 博:bo 文:wen 俊:jun 昊:hao 子:zi 天:tian 志:zhi 峰:feng',
);
const GIVEN_F =
  'Emma Olivia Sophie Aiko Yuki Priya Chloe Grace Hannah Mei-Ling Sarah Laura Nadia Isabel Claire Sakura Amelia Julia'.split(
    ' ',
  );
const GIVEN_M =
  'James Oliver Daniel Kenji Haruto Arjun Lucas Thomas Wei-Jie Michael David Marco Ahmed Peter Samuel Ryo Henry Noah'.split(
    ' ',
  );
const FAMILY =
  'Smith Tan Lim Tanaka Sato Suzuki Brown Wilson Garcia Müller Dubois Rossi Patel Kumar Nguyen Kim Johnson Lee Taylor Evans'.split(
    ' ',
  );

/** A person's name in their own order of writing, and the plain letters that make their mail address. */
interface PersonName {
  firstName: string;
  lastName: string;
  name: string;
  latin: string;
}

const rng = new Rng();

function plainLetters(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase();
}

function chineseName(female: boolean): PersonName {
  const last = rng.pick(SURNAMES);
  const given = [rng.pick(female ? FEMALE : MALE)];
  if (rng.happens(0.72)) given.push(rng.pick(female ? FEMALE : MALE));
  const firstName = given.map(([hanzi]) => hanzi).join('');
  return {
    firstName,
    lastName: last[0],
    name: last[0] + firstName,
    latin: last[1] + given.map(([, pinyin]) => pinyin).join(''),
  };
}

function internationalName(female: boolean): PersonName {
  const firstName = rng.pick(female ? GIVEN_F : GIVEN_M);
  const lastName = rng.pick(FAMILY);
  return { firstName, lastName, name: `${firstName} ${lastName}`, latin: plainLetters(firstName + lastName) };
}

/** The name of a person, the same each time it is asked. */
export function nameOf(seed: number, person: number, female: boolean, international: boolean): PersonName {
  rng.reseed(seed, person, 0, SALT.traits);
  return international ? internationalName(female) : chineseName(female);
}
