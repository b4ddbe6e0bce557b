// What is seen: the button in the corner, and the panel with the conversation.

const PHONE = matchMedia('(max-width: 500px)');
const NEAR_BOTTOM = 80;

class Panel {
  constructor(on) {
    this.on = on;
    this.isOpen = false;
    this.host = el('div', { id: 'relevo-chat' });
    this.root = this.host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(this.colors() + STYLE);
    this.root.adoptedStyleSheets = [sheet];
    this.host.dataset.position = SCRIPT.dataset.position || CONFIG.position;
    this.theme();
    this.build();
    this.root.append(this.panel, this.launcher);
    document.body.append(this.host);
    document.addEventListener('keydown', (event) => this.key(event), true);
    // On a phone the keyboard takes half of the screen; the panel keeps to what is left.
    if (window.visualViewport) visualViewport.addEventListener('resize', () => this.fit());
  }

  colors() {
    const named = (name) => `:host([data-theme=${name}]){--words:${CONFIG.words[name]}}`;
    return `:host{--accent:${CONFIG.accent};--on-accent:${CONFIG.onAccent}}${named('light')}${named('dark')}`;
  }

  theme() {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const wanted = SCRIPT.dataset.theme || CONFIG.theme;
    const set = () => {
      this.host.dataset.theme = wanted === 'auto' ? (dark.matches ? 'dark' : 'light') : wanted;
    };
    dark.addEventListener('change', set);
    set();
  }

  build() {
    const title = words(CONFIG.title, T.title);
    this.badge = el('span', { class: 'badge', hidden: true, 'aria-hidden': 'true' });
    this.launcher = el('button', {
      type: 'button', class: 'launcher', 'aria-expanded': 'false', 'aria-controls': 'panel', onclick: () => this.toggle(),
    }, icon('chat'), icon('down'), this.badge);
    this.state = el('p', { class: 'state' });
    this.log = el('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': T.history, tabindex: '0' });
    this.status = el('div', { class: 'typing', role: 'status' });
    this.notice = el('div', { class: 'notice', role: 'alert', hidden: true });
    this.body = el('div', { class: 'body' }, this.log, this.status);
    this.panel = el('section', { id: 'panel', class: 'panel', role: 'dialog', 'aria-label': title, hidden: true },
      el('header', {}, this.avatar(title), el('div', { class: 'titles' }, el('h2', {}, title), this.state),
        el('button', { type: 'button', class: 'plain close', 'aria-label': T.close, onclick: () => this.close() }, icon('close'))),
      this.notice, this.body, this.composer());
    this.unread(0);
  }

  avatar(title) {
    const letter = el('span', { class: 'avatar', 'aria-hidden': 'true' }, Array.from(title)[0].toUpperCase());
    if (!CONFIG.avatar) return letter;
    return el('img', { class: 'avatar', src: CONFIG.avatar, alt: '', onerror: (event) => event.target.replaceWith(letter) });
  }

  composer() {
    this.input = el('textarea', { rows: 1, maxlength: 4000, placeholder: T.write, 'aria-label': T.write, enterkeyhint: 'send' });
    this.input.addEventListener('input', () => {
      this.grow();
      this.on.typing();
    });
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submit();
      }
    });
    this.input.addEventListener('paste', (event) => this.offer(event, event.clipboardData.files));
    this.shelf = makeShelf((emoji) => {
      this.input.setRangeText(emoji, this.input.selectionStart, this.input.selectionEnd, 'end');
      this.shelved(false);
      this.input.focus();
      this.grow();
    });
    this.smile = el('button', { type: 'button', class: 'plain', 'aria-label': T.emoji, 'aria-expanded': 'false', onclick: () => this.shelved(this.shelf.hidden) }, icon('smile'));
    this.sender = el('button', { type: 'submit', class: 'send', 'aria-label': T.send }, icon('send'));
    this.footer = el('form', { class: 'composer' }, this.shelf, this.smile, this.attacher(), this.input, this.sender);
    this.footer.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
    this.panelDrops();
    this.grow();
    return this.footer;
  }

  attacher() {
    if (!CONFIG.uploads.length) return null;
    const input = el('input', { type: 'file', hidden: true, accept: CONFIG.uploads.join(','), tabindex: '-1' });
    input.addEventListener('change', () => {
      if (input.files.length) this.on.files([...input.files]);
      input.value = '';
    });
    const button = el('button', { type: 'button', class: 'plain', 'aria-label': T.attach, onclick: () => input.click() }, icon('clip'));
    return el('span', {}, button, input);
  }

  panelDrops() {
    this.body.addEventListener('dragover', (event) => event.preventDefault());
    this.body.addEventListener('drop', (event) => this.offer(event, event.dataTransfer.files));
  }

  offer(event, files) {
    if (!files.length || !CONFIG.uploads.length) return;
    event.preventDefault();
    this.on.files([...files]);
  }

  shelved(open) {
    this.shelf.hidden = !open;
    this.smile.setAttribute('aria-expanded', String(open));
    if (open) this.shelf.querySelector('[tabindex="0"]').focus();
  }

  submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = '';
    this.grow();
    this.on.text(text);
    this.input.focus();
  }

  grow() {
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(this.input.scrollHeight, 120)}px`;
    this.sender.disabled = !this.input.value.trim();
  }

  key(event) {
    if (!this.isOpen) return;
    const inside = event.composedPath().includes(this.host);
    if (event.key === 'Escape' && inside) {
      event.stopPropagation();
      if (!this.shelf.hidden) {
        this.shelved(false);
        this.smile.focus();
      } else this.close();
    }
    // Full screen, there is nothing else to go to.
    if (event.key === 'Tab' && PHONE.matches && inside) {
      const all = [...this.panel.querySelectorAll('button,textarea,input,select,a[href],[tabindex="0"]')]
        .filter((each) => !each.disabled && each.tabIndex >= 0 && each.offsetParent);
      const edge = event.shiftKey ? all[0] : all[all.length - 1];
      if (this.root.activeElement === edge) {
        event.preventDefault();
        (event.shiftKey ? all[all.length - 1] : all[0]).focus();
      }
    }
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.panel.hidden = false;
    this.host.dataset.open = '';
    this.panel.setAttribute('aria-modal', String(PHONE.matches));
    this.launcher.setAttribute('aria-expanded', 'true');
    this.fit();
    this.bottom(true);
    this.focus();
    this.on.opened();
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.panel.hidden = true;
    delete this.host.dataset.open;
    this.launcher.setAttribute('aria-expanded', 'false');
    this.shelved(false);
    this.launcher.focus();
    this.on.closed();
  }

  focus() {
    const first = this.body.querySelector('.gate input, .gate select, .gate textarea');
    (first || this.input).focus();
  }

  fit() {
    const view = window.visualViewport;
    this.panel.style.height = PHONE.matches && view ? `${view.height}px` : '';
  }

  unread(count) {
    this.badge.hidden = !count;
    this.badge.textContent = count > 99 ? '99+' : count;
    this.label(count);
  }

  label(count) {
    const act = this.isOpen ? T.close : T.open;
    this.launcher.setAttribute('aria-label', count ? `${act}, ${T.unread(count)}` : act);
  }

  say(text) {
    this.notice.textContent = text || '';
    this.notice.hidden = !text;
  }

  isNearBottom() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM;
  }

  bottom(always) {
    if (always || this.isNearBottom()) this.log.scrollTop = this.log.scrollHeight;
  }

  gate(form) {
    this.ungate();
    this.gated = el('div', { class: 'gate' }, el('h3', {}, T.before), form);
    this.log.hidden = true;
    this.footer.hidden = true;
    this.body.prepend(this.gated);
    if (this.isOpen) this.focus();
  }

  ungate() {
    if (!this.gated) return;
    const held = this.gated.contains(this.root.activeElement);
    this.gated.remove();
    this.gated = null;
    this.log.hidden = false;
    this.footer.hidden = false;
    if (held && this.isOpen) this.input.focus();
  }
}
