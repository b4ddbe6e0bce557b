// What a message shows, by the kind of its content: the kinds of the gateway's own model.

class Contents {
  constructor(link, choose) {
    this.link = link;
    this.choose = choose;
    this.files = new Map();
  }

  show(frame) {
    const content = frame.content;
    const make = this[content.kind];
    return make ? make.call(this, content, frame) : [el('p', {}, content.text || content.caption || '…')];
  }

  text(content) {
    return [el('p', {}, ...marked(content.text, content.spans))];
  }

  edit(content, frame) {
    const buttons = content.buttons && content.buttons.length ? this.choices(content.buttons, 'button', frame) : null;
    return [...this.text(content), buttons];
  }

  // Files of ours are fetched with the session's token, so that an address alone opens none.
  source(media) {
    if (!media.stored_id) return Promise.resolve(media.url);
    if (!this.files.has(media.stored_id)) this.files.set(media.stored_id, this.link.download(media.stored_id));
    return this.files.get(media.stored_id);
  }

  picture(media, alt) {
    const image = el('img', { alt: alt || media.filename || T.image, class: 'loading' });
    if (media.width && media.height) {
      image.width = media.width;
      image.height = media.height;
    }
    const box = el('button', { type: 'button', class: 'picture', 'aria-label': `${T.image}: ${alt || media.filename || ''}` }, image);
    this.source(media).then(
      (url) => {
        image.src = url;
        image.onload = () => image.classList.remove('loading');
        box.onclick = () => open(url, '_blank', 'noopener');
      },
      () => box.replaceWith(el('p', { class: 'note' }, T.gone)),
    );
    return box;
  }

  image(content) {
    return [this.picture(content.media, content.caption), this.caption(content)];
  }

  sticker(content) {
    return this.image(content);
  }

  video(content) {
    return this.player('video', content);
  }

  audio(content) {
    return this.player('audio', content);
  }

  player(tag, content) {
    const player = el(tag, { controls: true, preload: 'metadata' });
    this.source(content.media).then(
      (url) => { player.src = url; },
      () => player.replaceWith(el('p', { class: 'note' }, T.gone)),
    );
    return [player, this.caption(content)];
  }

  document(content) {
    const { media } = content;
    const name = media.filename || T.file;
    const size = media.size_bytes ? el('span', { class: 'note' }, sizeOf(media.size_bytes)) : null;
    const download = async () => {
      try {
        const link = el('a', { href: await this.source(media), download: name, rel: 'noopener', target: '_blank' });
        link.click();
      } catch {
        row.replaceWith(el('p', { class: 'note' }, T.gone));
      }
    };
    const row = el(
      'button',
      { type: 'button', class: 'file', 'aria-label': `${T.download}: ${name}`, onclick: download },
      icon('file'), el('span', { class: 'name' }, name), size,
    );
    return [row, this.caption(content)];
  }

  caption(content) {
    return content.caption ? el('p', {}, ...marked(content.caption, content.spans)) : null;
  }

  location(content) {
    const { latitude, longitude } = content;
    const url = content.url || `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
    return [
      el('div', { class: 'place' }, icon('pin'), el('div', {},
        content.name ? el('strong', {}, content.name) : null,
        content.address ? el('p', {}, content.address) : null,
        anchor(url, T.map))),
    ];
  }

  contacts(content) {
    return content.contacts.map((card) => el('div', { class: 'person' },
      el('strong', {}, card.name || [card.first_name, card.last_name].filter(Boolean).join(' ')),
      card.company ? el('p', { class: 'note' }, card.company) : null,
      ...(card.phones || []).map((each) => el('p', {}, anchor(`tel:${each.number}`, each.number))),
      ...(card.emails || []).map((each) => el('p', {}, anchor(`mailto:${each.value}`, each.value)))));
  }

  header(content) {
    const told = content.header;
    if (!told) return null;
    if (typeof told === 'string') return el('strong', {}, told);
    if (told.type === 'text') return el('strong', {}, told.text);
    if (told.format === 'image') return this.picture(told.media);
    return this[told.format]({ media: told.media })[0];
  }

  footer(content) {
    return content.footer ? el('p', { class: 'note' }, content.footer) : null;
  }

  around(content, ...inner) {
    return [this.header(content), el('p', {}, ...linked(content.text)), this.footer(content), ...inner];
  }

  buttons(content, frame) {
    return this.around(content, this.choices(content.buttons, 'button', frame));
  }

  choices(several, source, frame) {
    const group = el('div', { class: 'choices', role: 'group', 'aria-label': T.options });
    for (const each of several) {
      const button = el('button', { type: 'button', 'data-choice': each.id }, el('span', {}, each.title),
        each.description ? el('span', { class: 'note' }, each.description) : null);
      button.onclick = () => this.choose(frame, { kind: 'choice', source, id: each.id, title: each.title });
      group.append(button);
    }
    return group;
  }

  list(content, frame) {
    const inner = el('div', { hidden: true, class: 'menu' });
    for (const section of content.sections) {
      if (section.title) inner.append(el('p', { class: 'note' }, section.title));
      inner.append(this.choices(section.rows, 'list', frame));
    }
    const opener = el('button', { type: 'button', class: 'opener', 'aria-expanded': 'false' }, el('span', {}, content.button), icon('down'));
    opener.onclick = () => {
      inner.hidden = !inner.hidden;
      opener.setAttribute('aria-expanded', String(!inner.hidden));
      inner.scrollIntoView({ block: 'nearest' });
    };
    return this.around(content, opener, inner);
  }

  link(content) {
    const button = anchor(content.url, content.title);
    if (button.nodeType === 1) {
      button.className = 'opener';
      button.append(icon('out'));
    }
    return this.around(content, button);
  }

  flow(content, frame) {
    const opener = el('button', { type: 'button', class: 'opener', 'data-choice': content.flow }, el('span', {}, content.title), icon('down'));
    opener.onclick = () => {
      const form = makeForm(content.data.fields || [], T.submit, (response, text) => {
        form.replaceWith(opener);
        this.choose(frame, { kind: 'form', name: content.flow, response, text });
      });
      opener.replaceWith(form);
      form.scrollIntoView({ block: 'nearest' });
      form.querySelector('input,select,textarea,button').focus({ preventScroll: true });
    };
    return this.around(content, opener);
  }

  carousel(content, frame) {
    const cards = content.cards.map((card) => {
      const buttons = card.buttons && card.buttons.length ? this.choices(card.buttons, 'button', frame) : null;
      const link = card.link ? anchor(card.link, card.link_title || card.link) : null;
      if (link && link.nodeType === 1) link.className = 'opener';
      return el('li', {}, card.media ? this.picture(card.media, card.title) : null,
        card.title ? el('strong', {}, card.title) : null,
        card.text ? el('p', {}, card.text) : null, link, buttons);
    });
    const strip = el('ul', { class: 'cards', tabindex: '0', 'aria-label': T.options }, ...cards);
    return [content.text ? el('p', {}, ...linked(content.text)) : null, strip];
  }

  location_request(content, frame) {
    const opener = el('button', { type: 'button', class: 'opener', 'data-choice': 'location' }, el('span', {}, T.share), icon('pin'));
    opener.onclick = () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.choose(frame, {
        kind: 'location', latitude: coords.latitude, longitude: coords.longitude, accuracy_meters: coords.accuracy,
      }),
      () => opener.after(el('p', { class: 'note', role: 'alert' }, T.noLocation)),
    );
    return [el('p', {}, ...linked(content.text)), opener];
  }

  // The visitor's own.

  choice(content) {
    return [el('p', {}, content.title || content.id)];
  }

  form(content) {
    return [el('p', {}, content.text || T.sent)];
  }

  reaction(content) {
    return [el('p', {}, content.emoji || '')];
  }
}

// One line that stands for a message, for the badge and for screen readers.
function gist(frame) {
  const content = frame.content;
  const media = content.media || {};
  return content.text || content.caption || content.title || media.filename || content.name || T[content.kind] || '…';
}
