import { linkPage } from './link-page';

describe('The plain page after linking', () => {
  it('shows a Discord name as text, whatever the name is', () => {
    const page = linkPage('Done', `<script>alert("x")</script> & 'y'`, 'https://a.test/?x="y"');
    expect(page).not.toContain('<script>');
    expect(page).toContain('&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62; &#38; &#39;y&#39;');
    expect(page).toContain('href="https://a.test/?x=&#34;y&#34;"');
  });
});
