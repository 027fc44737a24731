import MailComposer from 'nodemailer/lib/mail-composer';

/** A message in the form it goes over the wire. */
export async function mimeMessage(message: {
  from: { name: string; address: string };
  to: string;
  subject: string;
  html: string;
  text: string;
  messageId: string;
  date: Date;
  /** Address of the one-click way out (RFC 8058); null in test messages. */
  unsubscribe: string | null;
}): Promise<Buffer> {
  const { unsubscribe, to, ...rest } = message;
  const composer = new MailComposer({
    ...rest,
    to: { name: '', address: to },
    disableFileAccess: true,
    disableUrlAccess: true,
    headers: unsubscribe
      ? {
          'List-Unsubscribe': { prepared: true, value: `<${unsubscribe}>` },
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }
      : {},
  });
  return composer.compile().build();
}
