<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title">
    <xsl:if test="@query != ''"><xsl:value-of select="@query"/> — </xsl:if>
    <xsl:value-of select="t:t('Search')"/>
  </xsl:template>

  <xsl:template name="content">
    <xsl:choose>
      <xsl:when test="@started = 'yes'">
        <h1 class="visually-hidden"><xsl:value-of select="t:t('Search')"/></h1>
      </xsl:when>
      <xsl:otherwise>
        <h1><xsl:value-of select="t:t('Search the archive')"/></h1>
      </xsl:otherwise>
    </xsl:choose>
    <xsl:call-template name="form"/>
    <xsl:for-each select="no-year">
      <p class="notice" role="status"><xsl:value-of select="t:t('“%1” is not a year: it was left out.', .)"/></p>
    </xsl:for-each>
    <xsl:choose>
      <xsl:when test="not(answer)">
        <p class="notice"><xsl:value-of select="t:t('Nothing has been taken into this archive yet.')"/></p>
      </xsl:when>
      <xsl:when test="@started = 'yes'"><xsl:apply-templates select="answer"/></xsl:when>
      <xsl:otherwise><xsl:call-template name="start"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="form">
    <form class="{concat('search', substring(' started', 1, 8 * (@started = 'yes')))}" method="get" action="/" role="search">
      <div class="box">
        <label for="q"><xsl:value-of select="t:t('Words, a name, a place')"/></label>
        <div class="line">
          <input id="q" name="q" type="search" value="{@query}" autocomplete="off" enterkeyhint="search" data-suggest="/suggest"/>
          <script src="/static/suggest.js" defer="defer"></script>
          <button type="submit"><xsl:value-of select="t:t('Find')"/></button>
        </div>
      </div>
      <div class="filters">
        <div>
          <label for="series"><xsl:value-of select="t:t('Series')"/></label>
          <select id="series" name="series">
            <option value=""><xsl:value-of select="t:t('any')"/></option>
            <xsl:for-each select="series">
              <option value="{.}">
                <xsl:if test=". = /page/@series"><xsl:attribute name="selected">selected</xsl:attribute></xsl:if>
                <xsl:call-template name="series-name"><xsl:with-param name="series" select="."/></xsl:call-template>
              </option>
            </xsl:for-each>
          </select>
        </div>
        <div>
          <label for="from"><xsl:value-of select="t:t('From year')"/></label>
          <input id="from" name="from" type="text" inputmode="numeric" size="4" maxlength="4" value="{@from}">
            <xsl:if test="no-year[@name = 'from']"><xsl:attribute name="aria-invalid">true</xsl:attribute></xsl:if>
          </input>
        </div>
        <div>
          <label for="to"><xsl:value-of select="t:t('To year')"/></label>
          <input id="to" name="to" type="text" inputmode="numeric" size="4" maxlength="4" value="{@to}">
            <xsl:if test="no-year[@name = 'to']"><xsl:attribute name="aria-invalid">true</xsl:attribute></xsl:if>
          </input>
        </div>
        <div>
          <label for="match"><xsl:value-of select="t:t('Words')"/></label>
          <select id="match" name="match">
            <option value=""><xsl:value-of select="t:t('and other forms of names')"/></option>
            <option value="exact">
              <xsl:if test="@match = 'exact'"><xsl:attribute name="selected">selected</xsl:attribute></xsl:if>
              <xsl:value-of select="t:t('only as typed')"/>
            </option>
            <option value="fuzzy">
              <xsl:if test="@match = 'fuzzy'"><xsl:attribute name="selected">selected</xsl:attribute></xsl:if>
              <xsl:value-of select="t:t('and as they may have been misread')"/>
            </option>
          </select>
        </div>
        <xsl:for-each select="filter"><input type="hidden" name="{@name}" value="{.}"/></xsl:for-each>
      </div>
      <xsl:if test="filter">
        <p class="chosen-filters"><xsl:apply-templates select="filter"/></p>
      </xsl:if>
      <p class="hint"><xsl:value-of select="t:t('All words must be on the page. &quot;In quotes&quot;: a phrase. Ivan*: the beginning of a word. -word: without it.')"/>
        <xsl:text> </xsl:text>
        <xsl:value-of select="t:t('In a field: family:Ivanov place:Varna year:1938..1945.')"/></p>
    </form>
  </xsl:template>

  <xsl:template match="filter">
    <span>
      <xsl:choose>
        <xsl:when test="@name = 'site'">
          <xsl:value-of select="t:t('Only from:')"/>
          <xsl:text> </xsl:text>
          <strong><xsl:call-template name="site-name"><xsl:with-param name="site" select="."/></xsl:call-template></strong>
        </xsl:when>
        <xsl:otherwise>
          <xsl:value-of select="t:t('Only in the volume:')"/>
          <xsl:text> </xsl:text>
          <strong class="id"><xsl:value-of select="."/></strong>
        </xsl:otherwise>
      </xsl:choose>
      <xsl:text> </xsl:text>
      <a href="{@href}"><xsl:value-of select="t:t('search everywhere')"/></a>
    </span>
  </xsl:template>

  <xsl:template name="start">
    <xsl:if test="not(reader/@known)">
      <p><xsl:value-of select="t:t('You are not logged in: you see what is published.')"/>
        <xsl:text> </xsl:text><a href="/login"><xsl:value-of select="t:t('Log in')"/></a></p>
    </xsl:if>
    <xsl:apply-templates select="answer/coverage"/>
    <xsl:if test="answer/facet[@name = 'series']/value">
      <h2><xsl:value-of select="t:t('Browse')"/></h2>
      <ul class="cards">
        <xsl:for-each select="answer/facet[@name = 'series']/value">
          <li><a href="{@href}">
            <strong><xsl:call-template name="series-name"><xsl:with-param name="series" select="."/></xsl:call-template></strong>
            <span><xsl:value-of select="t:n('%1 page', '%1 pages', @count)"/></span>
          </a></li>
        </xsl:for-each>
      </ul>
    </xsl:if>
  </xsl:template>

  <xsl:template match="answer">
    <div class="answer">
      <section class="hits" aria-labelledby="total">
        <h2 id="total"><xsl:call-template name="total"/></h2>
        <xsl:if test="@late = 'yes'">
          <p class="notice" role="status"><xsl:value-of select="t:t('The search took too long: these are the best of what was found in time.')"/></p>
        </xsl:if>
        <xsl:apply-templates select="problem"/>
        <xsl:if test="not(hit)">
          <p><xsl:value-of select="t:t('Try fewer words, the beginning of a word with *, or take a filter away.')"/></p>
        </xsl:if>
        <ol class="hit-list" start="{paging/@first}">
          <xsl:apply-templates select="hit"/>
        </ol>
        <xsl:apply-templates select="paging"/>
        <xsl:apply-templates select="coverage"/>
      </section>
      <xsl:if test="facet/value">
        <aside class="facets" aria-label="{t:t('Narrow down')}">
          <xsl:apply-templates select="facet[value]"/>
        </aside>
      </xsl:if>
    </div>
  </xsl:template>

  <xsl:template name="total">
    <xsl:variable name="number">
      <xsl:call-template name="count"><xsl:with-param name="number" select="@total"/></xsl:call-template>
    </xsl:variable>
    <xsl:choose>
      <xsl:when test="@total = 0"><xsl:value-of select="t:t('Nothing found')"/></xsl:when>
      <xsl:when test="@exact = 'yes'"><xsl:value-of select="t:n('%1 page found', '%1 pages found', @total)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('More than %1 pages found', $number)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="hit">
    <li>
      <article>
        <xsl:if test="@image">
          <a class="thumbnail" href="{@href}" tabindex="-1" aria-hidden="true">
            <img src="{@image}" alt="" width="120" height="160" loading="lazy"/>
          </a>
        </xsl:if>
        <div>
          <h3><a href="{@href}">
            <xsl:call-template name="hit-title"/>
          </a></h3>
          <p class="where">
            <xsl:call-template name="series-name"><xsl:with-param name="series" select="@series"/></xsl:call-template>
            <xsl:text> · </xsl:text>
            <xsl:call-template name="site-name"><xsl:with-param name="site" select="@site"/></xsl:call-template>
            <xsl:if test="@year"><xsl:text> · </xsl:text><xsl:value-of select="@year"/></xsl:if>
            <xsl:text> · </xsl:text>
            <a class="id" href="{@volume-href}"><xsl:value-of select="@volume"/></a>
          </p>
          <xsl:if test="@strip">
            <a class="strip" href="{@href}" tabindex="-1" aria-hidden="true">
              <img src="{@strip}" alt="" width="{@strip-width}" height="{@strip-height}" loading="lazy"/>
            </a>
          </xsl:if>
          <xsl:if test="part"><p class="snippet"><xsl:apply-templates select="part"/></p></xsl:if>
          <xsl:if test="@price"><p class="where"><xsl:call-template name="price"/></p></xsl:if>
          <xsl:if test="reason">
            <p class="where">
              <xsl:if test="@record"><xsl:value-of select="t:t('Row %1:', number(@record))"/><xsl:text> </xsl:text></xsl:if>
              <xsl:apply-templates select="reason"/>
            </p>
          </xsl:if>
          <xsl:if test="@lacks"><p class="where"><xsl:value-of select="t:t('Not on this page: %1', @lacks)"/></p></xsl:if>
        </div>
      </article>
    </li>
  </xsl:template>

  <xsl:template match="problem">
    <p class="notice" role="status">
      <xsl:value-of select="t:t('At character %1:', @position)"/>
      <xsl:text> </xsl:text>
      <xsl:choose>
        <xsl:when test="@kind = 'unclosed-quote'"><xsl:value-of select="t:t('the quotation mark is not closed; the phrase runs to the end.')"/></xsl:when>
        <xsl:when test="@kind = 'unknown-field'"><xsl:value-of select="t:t('there is no such field; it was read as words.')"/></xsl:when>
        <xsl:when test="@kind = 'bad-years'"><xsl:value-of select="t:t('expected years, as 1938..1945; it was left out.')"/></xsl:when>
        <xsl:when test="@kind = 'lone-or'"><xsl:value-of select="t:t('OR needs a word on both sides; it was read as a word.')"/></xsl:when>
        <xsl:when test="@kind = 'short-start'"><xsl:value-of select="t:t('the start of a word needs three letters and no digit; it was read as a word.')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="t:t('too many words; those from here on were left out.')"/></xsl:otherwise>
      </xsl:choose>
    </p>
  </xsl:template>

  <xsl:template match="reason">
    <xsl:if test="position() &gt; 1">, </xsl:if>
    <xsl:value-of select="@typed"/>
    <xsl:text> → </xsl:text>
    <xsl:value-of select="@written"/>
    <xsl:if test="@grade = 'misread'">
      <xsl:text> (</xsl:text><xsl:value-of select="t:t('perhaps misread')"/><xsl:text>)</xsl:text>
    </xsl:if>
  </xsl:template>

  <xsl:template name="hit-title">
    <xsl:choose>
      <xsl:when test="@title != ''"><xsl:value-of select="t:t('%1, page %2', @title, @number)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('%1, page %2', @volume, @number)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="part[@hit]"><mark><xsl:value-of select="."/></mark></xsl:template>
  <xsl:template match="part"><xsl:value-of select="."/></xsl:template>

  <xsl:template match="facet">
    <section>
      <h2><xsl:call-template name="facet-name"/></h2>
      <ul>
        <xsl:for-each select="value">
          <li>
            <a href="{@href}">
              <xsl:if test="@chosen"><xsl:attribute name="class">chosen</xsl:attribute></xsl:if>
              <span><xsl:call-template name="facet-value"/></span>
              <xsl:if test="@chosen"><span class="visually-hidden"><xsl:value-of select="t:t('chosen; take away')"/></span></xsl:if>
            </a>
            <span class="count"><xsl:call-template name="count"><xsl:with-param name="number" select="@count"/></xsl:call-template></span>
          </li>
        </xsl:for-each>
      </ul>
    </section>
  </xsl:template>

  <xsl:template name="facet-name">
    <xsl:choose>
      <xsl:when test="@name = 'series'"><xsl:value-of select="t:t('Series')"/></xsl:when>
      <xsl:when test="@name = 'site'"><xsl:value-of select="t:t('Site')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('Decade')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="facet-value">
    <xsl:choose>
      <xsl:when test="../@name = 'series'"><xsl:call-template name="series-name"><xsl:with-param name="series" select="."/></xsl:call-template></xsl:when>
      <xsl:when test="../@name = 'site'"><xsl:call-template name="site-name"><xsl:with-param name="site" select="."/></xsl:call-template></xsl:when>
      <xsl:otherwise><xsl:value-of select="."/>–<xsl:value-of select="number(.) + 9"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="paging">
    <xsl:if test="@previous or @next">
      <nav class="paging" aria-label="{t:t('Further hits')}">
        <xsl:if test="@previous"><a rel="prev" href="{@previous}">← <xsl:value-of select="t:t('Previous')"/></a></xsl:if>
        <span><xsl:value-of select="t:t('%1 to %2', @first, @last)"/></span>
        <xsl:if test="@next"><a rel="next" href="{@next}"><xsl:value-of select="t:t('Next')"/> →</a></xsl:if>
      </nav>
    </xsl:if>
  </xsl:template>

  <xsl:template match="coverage">
    <p class="coverage">
      <xsl:value-of select="t:t('Covered: %1, %2.', t:n('%1 volume', '%1 volumes', @volumes), t:n('%1 page', '%1 pages', @pages))"/>
      <xsl:text> </xsl:text>
      <xsl:value-of select="t:n('%1 of them can be found by its words', '%1 of them can be found by their words', @with-text)"/>
      <xsl:if test="@blank &gt; 0">
        <xsl:text>, </xsl:text>
        <xsl:value-of select="t:n('%1 is blank', '%1 are blank', @blank)"/>
      </xsl:if>
      <xsl:if test="@without-text &gt; 0">
        <xsl:text>, </xsl:text>
        <xsl:value-of select="t:n('%1 could not be read', '%1 could not be read', @without-text)"/>
      </xsl:if>
      <xsl:text>.</xsl:text>
      <xsl:if test="@unread &gt; 0">
        <xsl:text> </xsl:text>
        <xsl:value-of select="t:n('%1 volume is unread: nothing in it can be found by words.', '%1 volumes are unread: nothing in them can be found by words.', @unread)"/>
      </xsl:if>
      <xsl:if test="@ocr &gt; 0">
        <xsl:text> </xsl:text>
        <xsl:value-of select="t:n('%1 volume was read by machine alone.', '%1 volumes were read by machine alone.', @ocr)"/>
      </xsl:if>
      <xsl:if test="@keyed + @verified &gt; 0">
        <xsl:text> </xsl:text>
        <xsl:value-of select="t:n('In %1 volume people keyed what is written', 'In %1 volumes people keyed what is written', @keyed + @verified)"/>
        <xsl:text>, </xsl:text>
        <xsl:value-of select="t:n('in %1 of them all of it.', 'in %1 of them all of it.', @verified)"/>
      </xsl:if>
    </p>
  </xsl:template>
</xsl:stylesheet>
