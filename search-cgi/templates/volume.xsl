<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="volume/@title"/></xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}">
      <a href="/volumes"><xsl:value-of select="t:t('Volumes')"/></a>
    </nav>
    <h1><xsl:call-template name="title"/></h1>
    <dl class="facts">
      <dt><xsl:value-of select="t:t('Identifier')"/></dt><dd class="id"><xsl:value-of select="volume/@id"/></dd>
      <dt><xsl:value-of select="t:t('Series')"/></dt><dd><xsl:call-template name="series-name"><xsl:with-param name="series" select="volume/@series"/></xsl:call-template></dd>
      <dt><xsl:value-of select="t:t('Site')"/></dt><dd><xsl:call-template name="site-name"><xsl:with-param name="site" select="volume/@site"/></xsl:call-template></dd>
      <xsl:if test="volume/@from != ''"><dt><xsl:value-of select="t:t('Years')"/></dt><dd><xsl:call-template name="dates"><xsl:with-param name="volume" select="volume"/></xsl:call-template></dd></xsl:if>
      <xsl:if test="volume/@shelfmark != ''"><dt><xsl:value-of select="t:t('Shelf mark')"/></dt><dd><xsl:value-of select="volume/@shelfmark"/></dd></xsl:if>
      <dt><xsl:value-of select="t:t('Pages')"/></dt><dd><xsl:value-of select="volume/@pages"/></dd>
    </dl>
    <form class="search small" method="get" action="/" role="search">
      <label class="visually-hidden" for="q"><xsl:value-of select="t:t('Search in this volume')"/></label>
      <div class="line">
        <input id="q" name="q" type="search" placeholder="{t:t('Search in this volume')}"/>
        <input type="hidden" name="volume" value="{volume/@id}"/>
        <button type="submit"><xsl:value-of select="t:t('Find')"/></button>
      </div>
    </form>
    <xsl:if test="@pdf"><p><a href="{@pdf}" type="application/pdf" rel="nofollow"><xsl:value-of select="t:t('The volume as PDF')"/></a></p></xsl:if>
    <h2><xsl:value-of select="t:t('Pages')"/></h2>
    <xsl:if test="@rows"><p class="hint"><xsl:value-of select="t:t('Of these pages single rows and households are opened.')"/></p></xsl:if>
    <xsl:if test="@price"><p class="hint"><xsl:call-template name="price"/></p></xsl:if>
    <ol class="leaves">
      <xsl:for-each select="leaf">
        <li value="{@number}">
          <a href="{@href}">
            <xsl:if test="@image"><img src="{@image}" alt="" width="120" height="160" loading="lazy"/></xsl:if>
            <span>
              <xsl:value-of select="t:t('Page %1', @number)"/>
              <xsl:if test="@label != ''"> (<xsl:value-of select="@label"/>)</xsl:if>
            </span>
          </a>
          <span class="hint">
            <xsl:choose>
              <xsl:when test="@blank"><xsl:value-of select="t:t('blank')"/></xsl:when>
              <xsl:otherwise><xsl:value-of select="t:n('%1 word', '%1 words', @words)"/></xsl:otherwise>
            </xsl:choose>
          </span>
        </li>
      </xsl:for-each>
    </ol>
  </xsl:template>
</xsl:stylesheet>
