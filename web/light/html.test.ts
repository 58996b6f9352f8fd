import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { html } from './html.ts';

describe('markup', () => {
  it('escapes every text that is put into it, in quoted attributes too', () => {
    const foreign = `<img src=x onerror="alert('&')">`;
    const escaped = '&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;';
    assert.equal(html`<p title="${foreign}">${foreign}</p>`.markup, `<p title="${escaped}">${escaped}</p>`);
  });

  it('takes markup as it is, also several in a row, numbers, and nothing', () => {
    const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
    assert.equal(html`<ul>${items}</ul>${undefined}${1}${2n}`.markup, '<ul><li>a</li><li>&lt;b&gt;</li></ul>12');
  });
});
