// Making elements. Words are always text nodes: nothing a person wrote is ever read as markup.

function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (name === 'class') made.className = value;
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((each) => each !== null && each !== undefined));
  return made;
}

const ICONS = {
  chat: 'M12 3c5 0 9 3.4 9 7.7s-4 7.7-9 7.7c-.9 0-1.8-.1-2.6-.3L5 20.5l.9-3.6C4.1 15.5 3 13.2 3 10.7 3 6.4 7 3 12 3z',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M5 9l7 7 7-7',
  send: 'M4 12l16-8-6 16-3-6.500z',
  clip: 'M20 11.500l-8 8a5 5 0 0 1-7-7l8.5-8.500a3.3 3.3 0 0 1 4.7 4.700l-8.5 8.400a1.6 1.6 0 0 1-2.3-2.300l7.6-7.6',
  smile: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM8.5 14.500c1.8 2.3 5.2 2.3 7 0M9 9.500v.2M15 9.500v.2',
  file: 'M7 3h7l5 5v13H7zM14 3v5h5',
  pin: 'M12 21c-4-4.5-6-7.7-6-10.500a6 6 0 0 1 12 0c0 2.8-2 6-6 10.500zM12 8.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4z',
  out: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
  wait: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4.500l3 1.5',
  tick: 'M5 12.500l4.5 4.500L19 7.5',
  ticks: 'M2 12.500l4.5 4.500L15 8M11 16l1.2 1L21.5 8',
};

function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

const LINKS = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/gi;

function anchor(url, text) {
  const safe = /^(https?:\/\/|mailto:|tel:)/i.test(url);
  if (!safe) return document.createTextNode(text);
  return el('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, text);
}

// Words with their line breaks kept by the style, and addresses made links.
function linked(text) {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(LINKS)) {
    parts.push(text.slice(last, found.index), anchor(found[0], found[0]));
    last = found.index + found[0].length;
  }
  return [...parts, text.slice(last)].filter(Boolean);
}

const MARKS = { bold: 'strong', italic: 'em', strikethrough: 's', underline: 'u', code: 'code', pre: 'code', code_block: 'code' };

// Spans count characters, not UTF-16 units, and may lie inside each other but not across.
function marked(text, spans = []) {
  const known = spans.filter((each) => MARKS[each.type] || each.type === 'link');
  if (!known.length) return linked(text);
  const characters = Array.from(text);
  const write = (from, to, left) => {
    const made = [];
    let at = from;
    const inside = left.filter((each) => each.offset >= from && each.offset + each.length <= to);
    for (const span of inside.sort((a, b) => a.offset - b.offset || b.length - a.length)) {
      if (span.offset < at) continue;
      const end = span.offset + span.length;
      made.push(...linked(characters.slice(at, span.offset).join('')));
      const rest = inside.filter((each) => each !== span);
      const inner = write(span.offset, end, rest);
      if (MARKS[span.type]) made.push(el(MARKS[span.type], {}, ...inner));
      else {
        const words_ = characters.slice(span.offset, end).join('');
        made.push(anchor(span.value || words_, words_));
      }
      at = end;
    }
    return [...made, ...linked(characters.slice(at, to).join(''))];
  };
  return write(0, characters.length, known);
}
