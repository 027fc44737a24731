import type { Words } from '../ui/words.ts';
import type { en } from './locale.en.ts';

export const zh: Words<typeof en> = {
  pages: { mailbox: '演示信箱' },
  bar: {
    label: '模拟商家',
    name: '演示',
    now: '模拟商家的时间是 {{time}}',
    origin: '其中的顾客、访问和订单由本机的模拟程序生成，没有经过数据源或导入。',
    filling: '正在生成顾客与订单',
    advancing: '时间推进中，顾客正在对触达作出反应',
    letters_other: '{{letters}} 封信',
  },
  actions: {
    day: '快进一天',
    week: '快进一周',
  },
  done: '模拟商家的时间已到 {{time}}',
  mailbox: {
    headline_other: '模拟商家的顾客共收到 {{letters}} 封信',
    note: '邮件不会离开这台机器，全部由演示环境自带的邮件服务器接收。',
    search: '收件人或主题',
    to: '收件人',
    from: '发件人',
    subject: '主题',
    received: '收到时间',
    noSubject: '（无主题）',
    back: '全部信件',
    html: '正文',
    text: '纯文本',
    headers: '邮件头',
    frame: '信件：{{subject}}',
    choose: '选择一封信查看',
    empty: '还没有信件',
    emptyText: '启动一个活动，或给自己发一封测试邮件，几秒内就会出现在这里。',
    emptyAction: '前往活动',
    nothing: '没有符合条件的信件',
  },
};
