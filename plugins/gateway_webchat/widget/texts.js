// What visitors read, in each language of the widget.

const TEXTS = {
  es: {
    open: 'Abrir el chat', close: 'Cerrar el chat', title: 'Chat', you: 'Tú', agent: 'Agente',
    unread: (n) => (n === 1 ? '1 mensaje sin leer' : `${n} mensajes sin leer`),
    write: 'Escribe un mensaje…', send: 'Enviar', attach: 'Adjuntar un archivo', emoji: 'Emojis',
    online: 'En línea', offline: 'Fuera de horario', connecting: 'Conectando…',
    lost: 'Sin conexión. Tus mensajes se enviarán al volver.', typing: (who) => `${who} está escribiendo`,
    pending: 'Enviando', sent: 'Entregado', read: 'Leído', failed: 'No se pudo enviar', again: 'Reintentar',
    edited: 'editado', deleted: 'Mensaje eliminado', download: 'Descargar', image: 'Imagen', file: 'Archivo',
    tooLarge: (size) => `El archivo supera ${size}.`, typeRefused: 'Este tipo de archivo no se acepta.',
    uploadFailed: 'No se pudo subir el archivo.', uploading: 'Subiendo…', gone: 'Ya no está disponible',
    map: 'Ver en el mapa', share: 'Compartir mi ubicación', noLocation: 'No se pudo obtener la ubicación.',
    start: 'Iniciar el chat', submit: 'Enviar', required: 'Obligatorio', invalid: 'Revisa este campo.',
    before: 'Antes de empezar', choose: 'Elige…', yes: 'Sí', no: 'No', today: 'Hoy', yesterday: 'Ayer',
    refused: 'El chat no está disponible en esta página.', slow: 'Vas muy rápido; espera un momento.',
    history: 'Conversación', options: 'Opciones', expired: 'Tu sesión terminó. Vuelve a iniciar sesión.',
    away: 'Ahora no estamos. Déjanos tu mensaje y te responderemos.', hello: '¡Hola! ¿En qué podemos ayudarte?',
  },
  en: {
    open: 'Open chat', close: 'Close chat', title: 'Chat', you: 'You', agent: 'Agent',
    unread: (n) => (n === 1 ? '1 unread message' : `${n} unread messages`),
    write: 'Write a message…', send: 'Send', attach: 'Attach a file', emoji: 'Emoji',
    online: 'Online', offline: 'Out of hours', connecting: 'Connecting…',
    lost: 'No connection. Your messages go out when it is back.', typing: (who) => `${who} is typing`,
    pending: 'Sending', sent: 'Delivered', read: 'Read', failed: 'Not sent', again: 'Try again',
    edited: 'edited', deleted: 'Message deleted', download: 'Download', image: 'Image', file: 'File',
    tooLarge: (size) => `The file is larger than ${size}.`, typeRefused: 'Files of this type are not accepted.',
    uploadFailed: 'The file could not be uploaded.', uploading: 'Uploading…', gone: 'No longer available',
    map: 'Show on a map', share: 'Share my location', noLocation: 'Your location could not be had.',
    start: 'Start the chat', submit: 'Send', required: 'Required', invalid: 'Please check this field.',
    before: 'Before we start', choose: 'Choose…', yes: 'Yes', no: 'No', today: 'Today', yesterday: 'Yesterday',
    refused: 'The chat is not available on this page.', slow: 'That was fast; wait a moment.',
    history: 'Conversation', options: 'Options', expired: 'Your session ended. Please sign in again.',
    away: 'We are away now. Leave a message and we will answer.', hello: 'Hello! How can we help?',
  },
  pt: {
    open: 'Abrir o chat', close: 'Fechar o chat', title: 'Chat', you: 'Você', agent: 'Atendente',
    unread: (n) => (n === 1 ? '1 mensagem não lida' : `${n} mensagens não lidas`),
    write: 'Escreva uma mensagem…', send: 'Enviar', attach: 'Anexar um arquivo', emoji: 'Emojis',
    online: 'Online', offline: 'Fora do horário', connecting: 'Conectando…',
    lost: 'Sem conexão. Suas mensagens serão enviadas ao voltar.', typing: (who) => `${who} está digitando`,
    pending: 'Enviando', sent: 'Entregue', read: 'Lida', failed: 'Não enviada', again: 'Tentar de novo',
    edited: 'editada', deleted: 'Mensagem apagada', download: 'Baixar', image: 'Imagem', file: 'Arquivo',
    tooLarge: (size) => `O arquivo passa de ${size}.`, typeRefused: 'Este tipo de arquivo não é aceito.',
    uploadFailed: 'Não foi possível enviar o arquivo.', uploading: 'Enviando…', gone: 'Não está mais disponível',
    map: 'Ver no mapa', share: 'Compartilhar minha localização', noLocation: 'Não foi possível obter a localização.',
    start: 'Iniciar o chat', submit: 'Enviar', required: 'Obrigatório', invalid: 'Confira este campo.',
    before: 'Antes de começar', choose: 'Escolha…', yes: 'Sim', no: 'Não', today: 'Hoje', yesterday: 'Ontem',
    refused: 'O chat não está disponível nesta página.', slow: 'Muito rápido; aguarde um momento.',
    history: 'Conversa', options: 'Opções', expired: 'Sua sessão terminou. Entre de novo.',
    away: 'Não estamos agora. Deixe sua mensagem e responderemos.', hello: 'Olá! Como podemos ajudar?',
  },
};

const SCRIPT = document.currentScript;
const BASE = SCRIPT.src.replace(/\/widget\.js.*$/, '');

function pickLanguage() {
  const wanted = [
    SCRIPT.dataset.language,
    CONFIG.language === 'auto' ? null : CONFIG.language,
    document.documentElement.lang,
    ...(navigator.languages || []),
  ];
  for (const each of wanted) {
    const short = (each || '').slice(0, 2).toLowerCase();
    if (TEXTS[short]) return short;
  }
  return 'es';
}

const LANGUAGE = pickLanguage();
const T = TEXTS[LANGUAGE];

// A text of the account: one for all languages, or one for each.
function words(told, otherwise = '') {
  if (told && typeof told === 'object') return told[LANGUAGE] || Object.values(told)[0] || otherwise;
  return told || otherwise;
}

function timeOf(cursor) {
  return new Date(parseInt(cursor.slice(0, 12), 16));
}

const CLOCK = new Intl.DateTimeFormat(LANGUAGE, { hour: '2-digit', minute: '2-digit' });
const CALENDAR = new Intl.DateTimeFormat(LANGUAGE, { weekday: 'long', day: 'numeric', month: 'long' });

function dayOf(date) {
  const day = new Date(date).setHours(0, 0, 0, 0);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - day) / 86400000);
  return days === 0 ? T.today : days === 1 ? T.yesterday : CALENDAR.format(date);
}

function sizeOf(bytes) {
  const [size, unit] = bytes < 1048576 ? [bytes / 1024, 'kilobyte'] : [bytes / 1048576, 'megabyte'];
  const shown = new Intl.NumberFormat(LANGUAGE, { style: 'unit', unit, maximumFractionDigits: 1 });
  return shown.format(Math.max(size, 0.1));
}
