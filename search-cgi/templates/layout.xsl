<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- What every page has round it, and the words of the field. A page's own
     template imports this one and gives the templates "title" and "content";
     "head" may add to the head. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>

  <xsl:template match="/page">
    <html lang="{@lang}">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <title><xsl:call-template name="title"/> · Tefter</title>
        <link rel="icon" href="/static/icon.svg" type="image/svg+xml"/>
        <link rel="stylesheet" href="/static/style.css"/>
        <xsl:call-template name="head"/>
      </head>
      <body class="{@name}">
        <a class="skip" href="#main"><xsl:value-of select="t:t('Skip to the content')"/></a>
        <header class="top">
          <a class="brand" href="/">
            <!-- The search page is no use to who may not search. -->
            <xsl:if test="not(reader/@may-search)"><xsl:attribute name="href">/account</xsl:attribute></xsl:if>
            <xsl:text>Tefter</xsl:text>
          </a>
          <nav aria-label="{t:t('Main')}">
            <xsl:if test="reader/@may-search">
              <xsl:call-template name="nav-link">
                <xsl:with-param name="href">/</xsl:with-param>
                <xsl:with-param name="text" select="t:t('Search')"/>
              </xsl:call-template>
            </xsl:if>
            <xsl:if test="reader/@may-view">
              <xsl:call-template name="nav-link">
                <xsl:with-param name="href">/volumes</xsl:with-param>
                <xsl:with-param name="text" select="t:t('Volumes')"/>
              </xsl:call-template>
            </xsl:if>
            <xsl:if test="reader/@may-ingest">
              <xsl:call-template name="nav-link">
                <xsl:with-param name="href">/batches</xsl:with-param>
                <xsl:with-param name="text" select="t:t('Batches')"/>
              </xsl:call-template>
            </xsl:if>
            <xsl:if test="reader/@may-audit">
              <xsl:call-template name="nav-link">
                <xsl:with-param name="href">/audit</xsl:with-param>
                <xsl:with-param name="text" select="t:t('Audit trail')"/>
              </xsl:call-template>
            </xsl:if>
            <xsl:if test="reader/@may-admin">
              <xsl:call-template name="nav-link">
                <xsl:with-param name="href">/accounts</xsl:with-param>
                <xsl:with-param name="text" select="t:t('Accounts')"/>
              </xsl:call-template>
              <xsl:call-template name="nav-link">
                <xsl:with-param name="href">/prices</xsl:with-param>
                <xsl:with-param name="text" select="t:t('Prices')"/>
              </xsl:call-template>
              <xsl:call-template name="nav-link">
                <xsl:with-param name="href">/rights</xsl:with-param>
                <xsl:with-param name="text" select="t:t('Rights')"/>
              </xsl:call-template>
            </xsl:if>
            <xsl:if test="reader/@may-manage">
              <xsl:call-template name="nav-link">
                <xsl:with-param name="href">/organisation</xsl:with-param>
                <xsl:with-param name="text" select="t:t('Users')"/>
              </xsl:call-template>
            </xsl:if>
          </nav>
          <div class="reader">
            <xsl:call-template name="languages"/>
            <xsl:call-template name="reader"/>
          </div>
        </header>
        <main id="main" tabindex="-1"><xsl:call-template name="content"/></main>
        <!-- On paper alone: what it is, for whom, on what ground. -->
        <p class="printed">
          <xsl:value-of select="@path"/>
          <xsl:if test="reader/@known"><xsl:text> · </xsl:text><xsl:value-of select="reader/@name"/></xsl:if>
          <xsl:if test="reader/@ground != ''">
            <xsl:text> · </xsl:text>
            <xsl:call-template name="ground-name"><xsl:with-param name="ground" select="reader/@ground"/></xsl:call-template>
            <xsl:text> </xsl:text>
            <xsl:value-of select="reader/@case"/>
          </xsl:if>
        </p>
        <footer class="bottom">
          <p><xsl:value-of select="t:t('Tefter — the municipal archive, page by page')"/></p>
        </footer>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="head"/>

  <xsl:template name="nav-link">
    <xsl:param name="href"/>
    <xsl:param name="text"/>
    <a href="{$href}">
      <xsl:if test="/page/@path = $href"><xsl:attribute name="aria-current">page</xsl:attribute></xsl:if>
      <xsl:value-of select="$text"/>
    </a>
  </xsl:template>

  <xsl:template name="languages">
    <xsl:if test="/page/language"><nav class="languages" aria-label="{t:t('Language')}">
      <xsl:for-each select="/page/language">
        <a href="{@href}" lang="{@code}" hreflang="{@code}">
          <xsl:if test="@current"><xsl:attribute name="aria-current">true</xsl:attribute></xsl:if>
          <xsl:choose>
            <xsl:when test="@code = 'bg'">Български</xsl:when>
            <xsl:otherwise>English</xsl:otherwise>
          </xsl:choose>
        </a>
      </xsl:for-each>
    </nav></xsl:if>
  </xsl:template>

  <xsl:template name="reader">
    <xsl:choose>
      <xsl:when test="/page/reader/@known">
        <a href="/account">
          <xsl:value-of select="/page/reader/@name"/>
          <xsl:text> · </xsl:text>
          <xsl:call-template name="role-name">
            <xsl:with-param name="role" select="/page/reader/@role"/>
          </xsl:call-template>
        </a>
        <xsl:if test="/page/reader/@ground != ''">
          <a href="/ground?back={t:url(/page/@back)}">
            <xsl:call-template name="ground-name"><xsl:with-param name="ground" select="/page/reader/@ground"/></xsl:call-template>
            <xsl:text> </xsl:text>
            <xsl:value-of select="/page/reader/@case"/>
          </a>
        </xsl:if>
        <form method="post" action="/logout">
          <input type="hidden" name="csrf" value="{/page/reader/@csrf}"/>
          <button class="plain" type="submit"><xsl:value-of select="t:t('Log out')"/></button>
        </form>
      </xsl:when>
      <xsl:otherwise>
        <a href="/login?back={t:url(/page/@back)}"><xsl:value-of select="t:t('Log in')"/></a>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="role-name">
    <xsl:param name="role"/>
    <xsl:choose>
      <xsl:when test="$role = 'operator'"><xsl:value-of select="t:t('scanning operator')"/></xsl:when>
      <xsl:when test="$role = 'clerk'"><xsl:value-of select="t:t('archive clerk')"/></xsl:when>
      <xsl:when test="$role = 'notary'"><xsl:value-of select="t:t('notary')"/></xsl:when>
      <xsl:when test="$role = 'bank'"><xsl:value-of select="t:t('bank')"/></xsl:when>
      <xsl:when test="$role = 'bailiff'"><xsl:value-of select="t:t('bailiff')"/></xsl:when>
      <xsl:when test="$role = 'public'"><xsl:value-of select="t:t('public')"/></xsl:when>
      <xsl:when test="$role = 'auditor'"><xsl:value-of select="t:t('auditor')"/></xsl:when>
      <xsl:when test="$role = 'admin'"><xsl:value-of select="t:t('administrator')"/></xsl:when>
      <xsl:when test="$role = 'none'"><xsl:value-of select="t:t('no role at present')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$role"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="ground-name">
    <xsl:param name="ground"/>
    <xsl:choose>
      <xsl:when test="$ground = 'notarial-case'"><xsl:value-of select="t:t('notarial case')"/></xsl:when>
      <xsl:when test="$ground = 'customer-consent'"><xsl:value-of select="t:t('consent of the customer')"/></xsl:when>
      <xsl:when test="$ground = 'enforcement-case'"><xsl:value-of select="t:t('enforcement case')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$ground"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- "notarial-case 123/2026" of an entry. -->
  <xsl:template name="ground-and-case">
    <xsl:if test="@ground != ''">
      <xsl:call-template name="ground-name"><xsl:with-param name="ground" select="substring-before(concat(@ground, ' '), ' ')"/></xsl:call-template>
      <xsl:text> </xsl:text>
      <xsl:value-of select="substring-after(@ground, ' ')"/>
    </xsl:if>
  </xsl:template>

  <xsl:template name="series-name">
    <xsl:param name="series"/>
    <xsl:choose>
      <xsl:when test="$series = 'family-register'"><xsl:value-of select="t:t('Family registers')"/></xsl:when>
      <xsl:when test="$series = 'local-tax'"><xsl:value-of select="t:t('Local taxes')"/></xsl:when>
      <xsl:when test="$series = 'technical'"><xsl:value-of select="t:t('Technical archive')"/></xsl:when>
      <xsl:when test="$series = '*'"><xsl:value-of select="t:t('all series')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$series"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="site-name">
    <xsl:param name="site"/>
    <xsl:choose>
      <xsl:when test="$site = 'odesos'"><xsl:value-of select="t:t('Odesos')"/></xsl:when>
      <xsl:when test="$site = 'primorski'"><xsl:value-of select="t:t('Primorski')"/></xsl:when>
      <xsl:when test="$site = 'mladost'"><xsl:value-of select="t:t('Mladost')"/></xsl:when>
      <xsl:when test="$site = 'vladislav-varnenchik'"><xsl:value-of select="t:t('Vladislav Varnenchik')"/></xsl:when>
      <xsl:when test="$site = 'asparuhovo'"><xsl:value-of select="t:t('Asparuhovo')"/></xsl:when>
      <xsl:when test="$site = 'kamenar'"><xsl:value-of select="t:t('Kamenar')"/></xsl:when>
      <xsl:when test="$site = 'topoli'"><xsl:value-of select="t:t('Topoli')"/></xsl:when>
      <xsl:when test="$site = 'kazashko'"><xsl:value-of select="t:t('Kazashko')"/></xsl:when>
      <xsl:when test="$site = 'konstantinovo'"><xsl:value-of select="t:t('Konstantinovo')"/></xsl:when>
      <xsl:when test="$site = 'zvezditsa'"><xsl:value-of select="t:t('Zvezditsa')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$site"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Of a page, or of each page of a volume. -->
  <xsl:template name="price">
    <xsl:choose>
      <xsl:when test="@price = ''"><xsl:value-of select="t:t('Cannot be opened: no price is set.')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('Opening costs %1 euro', @price)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- 12 345 with narrow spaces that do not break. -->
  <xsl:template name="count">
    <xsl:param name="number"/>
    <xsl:value-of select="translate(format-number($number, '#,##0'), ',', '&#x202f;')"/>
  </xsl:template>

  <!-- "2026-11-26 03:15 UTC" of an RFC 3339 time. -->
  <xsl:template name="moment">
    <xsl:param name="utc"/>
    <time datetime="{$utc}">
      <xsl:value-of select="substring($utc, 1, 10)"/>
      <xsl:text> </xsl:text>
      <xsl:value-of select="substring($utc, 12, 5)"/>
      <xsl:text> UTC</xsl:text>
    </time>
  </xsl:template>

  <!-- "1934–1938", "1938", or nothing. -->
  <xsl:template name="dates">
    <xsl:param name="volume"/>
    <xsl:value-of select="$volume/@from"/>
    <xsl:if test="$volume/@to != '' and $volume/@to != $volume/@from">
      <xsl:text>–</xsl:text>
      <xsl:value-of select="$volume/@to"/>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
