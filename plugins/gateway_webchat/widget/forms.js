// Forms: the one before the chat, and those that come as messages.

const INPUTS = { email: 'email', phone: 'tel', number: 'number', date: 'date', checkbox: 'checkbox' };
const FILL = { name: 'name', email: 'email', phone: 'tel' };

function makeInput(field, id) {
  const common = { id, name: field.name, required: field.required, autocomplete: FILL[field.type] || FILL[field.name] || 'off' };
  if (field.type === 'select') {
    const options = field.options.map((each) => el('option', { value: each }, each));
    return el('select', common, el('option', { value: '' }, T.choose), ...options);
  }
  if (field.type === 'long') return el('textarea', { ...common, rows: 3, maxlength: 2000 });
  return el('input', { ...common, type: INPUTS[field.type] || 'text', maxlength: 300, min: null });
}

let forms = 0;

// Calls `done` with the answers by field and a text of them for people.
function makeForm(fields, submit, done) {
  forms += 1;
  const rows = fields.map((field, number) => {
    const id = `field-${forms}-${number}`;
    const input = makeInput(field, id);
    const label = el('label', { for: id }, words(field.label), field.required ? el('abbr', { title: T.required }, ' *') : null);
    const error = el('p', { class: 'error', id: `${id}-error`, role: 'alert' });
    input.setAttribute('aria-describedby', error.id);
    input.addEventListener('input', () => mark(input, error, true));
    const inner = field.type === 'checkbox' ? [el('div', { class: 'check' }, input, label)] : [label, input];
    return { field, input, error, row: el('div', { class: 'row' }, ...inner, error) };
  });
  const button = el('button', { type: 'submit', class: 'primary' }, submit);
  const form = el('form', { novalidate: true, class: 'form' }, ...rows.map((each) => each.row), button);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wrong = rows.filter(({ input, error }) => !mark(input, error, input.checkValidity()));
    if (wrong.length) {
      wrong[0].input.focus();
      return;
    }
    const response = {};
    const text = [];
    for (const { field, input } of rows) {
      const value = field.type === 'checkbox' ? input.checked : input.value.trim();
      if (value !== '') response[field.name] = value;
      if (value !== '' && value !== false) text.push(`${words(field.label)}: ${value === true ? T.yes : value}`);
    }
    done(response, text.join('\n'));
  });
  form.complain = (name) => {
    const found = rows.find((each) => each.field.name === name);
    if (found) {
      mark(found.input, found.error, false);
      found.input.focus();
    }
  };
  return form;
}

function mark(input, error, good) {
  input.setAttribute('aria-invalid', String(!good));
  const empty = input.type === 'checkbox' ? !input.checked : !input.value;
  error.textContent = good ? '' : input.required && empty ? T.required : T.invalid;
  return good;
}
