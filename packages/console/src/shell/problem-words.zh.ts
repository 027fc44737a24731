/**
 * What the server's coded problems mean, in Chinese; their own sentences are English. `{1}` and `{2}` are the first and
 * second thing the server's sentence quotes or counts, `{detail}` the sentence where only it says what is wrong.
 */
export const CHINESE_PROBLEMS: Record<string, string> = {
  'auth.accounts_only': '只有登录的成员才有密码。',
  'auth.cross_site': '此操作需要从控制台发起，请刷新页面后重试。',
  'auth.forbidden': '您的角色不含此权限，可请所有者或管理员调整。',
  'auth.link_over': '这个链接已被使用、已撤回或已过期，请重新索取。',
  'auth.no_workspace': '此账号已不属于任何工作区，请让所有者或管理员重新邀请您。',
  'auth.short_password': '密码至少要有 10 个字符。',
  'campaign.bad_template': '邮件模板有误，无法这样发送：{detail}',
  'campaign.incomplete': '活动还没有填完整，请检查标出的项目。',
  'campaign.no_mail_server': '尚未设置邮件服务器，请在服务器环境中设置 QM_SMTP_URL 后重新启动。',
  'campaign.reach_changed': '目标人数已变为 {1} 人（确认时为 {2} 人），请重新查看并确认。',
  'campaign.wrong_state': '活动当前的状态不允许此操作，请刷新后再看。',
  'collect.bad_currency': '「{1}」不是 ISO 4217 货币代码，请使用 CNY、USD、JPY 等。',
  'collect.bad_header': '表头一行无法读取，请检查列名与引号。',
  'collect.bad_json': '此 JSON 文件无法读取：{detail}',
  'collect.bad_mapping': '这样的列对应无法使用，请检查标出的列。',
  'collect.bad_time_zone': '「{1}」不是有效时区，请使用 Asia/Shanghai 这样的名称。',
  'collect.file_damaged': '文件已损坏，或没有上传完整，请重新导出或上传。',
  'collect.file_empty': '文件是空的，连表头也没有。',
  'collect.file_too_large': '表格解压后过大，请另存为 CSV 再导入。',
  'collect.no_known_file': '这些文件都不能导入。请检查所选预设，或自行指定各列的含义。',
  'collect.no_records': '文件只有表头，没有数据。',
  'collect.no_such_file': '找不到文件「{1}」。',
  'collect.not_durable': '数据没能写入磁盘，因此未被接收。请检查服务器的磁盘空间。',
  'collect.overloaded': '服务器正忙，暂时不能接收更多数据，请稍后重试。',
  'collect.too_many_columns': '文件超过 {1} 列。请删去不需要的列，或检查列与列之间的分隔符。',
  'collect.too_many_files': '一次导入的文件过多，请分批导入。',
  'collect.unknown_format': '无法识别此文件。支持 CSV、JSON Lines、Parquet 和 Excel（.xlsx）。',
  'collect.unknown_key': '写入密钥无效，请在数据源页面核对。',
  'collect.unknown_preset': '没有名为「{1}」的预设。',
  'customer.masked_sort': '您的角色看不到姓名，按姓名排序会透露姓名，请换一种排序。',
  'demo.busy': '模拟商家正在忙，请等它完成。',
  'import.files_removed': '此次导入的文件已不再保留：没有导入的文件会在 {1} 天后删除。请重新上传。',
  'import.no_file': '没有选择文件。',
  'import.no_such_file': '此次导入中没有文件「{1}」。',
  'import.not_multipart': '请以 multipart/form-data 形式上传文件。',
  'import.wrong_state': '此次导入当前的状态不允许此操作，请刷新后再看。',
  'member.elsewhere':
    '此成员还属于您不管理的工作区，或是本系统的安装者。请由运维人员在服务器上运行 npx qianmian owner-password 生成链接。',
  'member.exists': '「{1}」已经是成员，请在成员列表中修改角色。',
  'member.has_account': '「{1}」刚刚有了账号，请重新打开链接并输入该账号的密码。',
  'job.already_queued': '同样的任务已在排队或运行，请等它结束，或先停止它。',
  'promotion.already_redeemed': '这个券码已经核销过。',
  'promotion.code_unknown': '没有这个券码。',
  'promotion.codes_issued': '券码已经发到顾客手中，已承诺的内容不能再改。',
  'promotion.finished': '优惠券已过期。',
  'promotion.in_use': '「{1}」正在使用这张优惠券，请先在那里移除。',
  'promotion.minimum_not_reached': '订单金额没有达到使用门槛。',
  'promotion.not_yet': '优惠券还没有到生效时间。',
  'request.address_too_long': '地址过长。',
  'request.invalid': '填写的内容有误，请检查标出的项目。',
  'request.malformed': '请求的格式有误，无法读取。',
  'request.media_type': '服务器不接受这种格式的内容。',
  'request.no_such_address': '这个地址不存在。',
  'segment.cycle': '人群不能绕回来引用自己。',
  'segment.in_use': '「{1}」正被「{2}」使用，请先修改使用它的地方。',
  'segment.name_taken': '已有名为「{1}」的人群，请换一个名称。',
  'segment.personal_data': '您的角色看不到「{1}」的内容，条件只能判断它有没有值。',
  'segment.too_large': '条件连同引用的人群过于庞大，无法计算。请减少条件或层级。',
  'segment.unknown_reference': '条件引用的人群「{1}」在这里不存在。',
  'server.bug': '服务器内部出错，详情见服务器日志。',
  'server.storage': '服务器磁盘已满，清理出空间之前无法保存更改。',
  'workspace.bad_setting': '设置有误，请检查标出的项目。',
  'identity.unknown_type': '没有“{1}”这种标识类型。',
  'identity.not_of_one': '这两个标识已不属于同一位顾客，请刷新页面。',
  'identity.already_one': '两个编号已经是同一位顾客。',
  'workspace.owners_only': '只有已拥有工作区的人才能新建工作区。',
};

/** The Chinese sentence for a problem, with what its English one names. */
export function chineseProblem(code: string, detail: string): string | null {
  const words = CHINESE_PROBLEMS[code];
  if (words === undefined) return null;
  const named = [...detail.matchAll(/"([^"]*)"|\b(\d[\d,]*)\b/g)].map((m) => m[1] ?? m[2] ?? '');
  return words.replace(/\{(\w+)\}/g, (_, hole: string) =>
    hole === 'detail' ? detail : (named[Number(hole) - 1] ?? '…'),
  );
}
