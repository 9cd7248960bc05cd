<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('%1, page %2', offer/@title, offer/@number)"/></xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}">
      <a href="/volumes"><xsl:value-of select="t:t('Volumes')"/></a>
      <a href="{offer/@volume}"><xsl:value-of select="offer/@title"/></a>
    </nav>
    <h1><xsl:call-template name="title"/></h1>
    <xsl:apply-templates select="offer"/>
    <xsl:if test="offer/@query != ''">
      <p><a href="/?q={t:url(offer/@query)}"><xsl:value-of select="t:t('Back to the hits')"/></a></p>
    </xsl:if>
  </xsl:template>

  <xsl:template match="offer">
    <xsl:if test="@notice = 'changed'">
      <p class="notice wrong" role="alert"><xsl:value-of select="t:t('The price has changed meanwhile: nothing was charged.')"/></p>
    </xsl:if>
    <xsl:choose>
      <xsl:when test="not(@price)">
        <p class="notice"><xsl:value-of select="t:t('No price is set for this page at the moment, so it cannot be opened. The administrator of the archive sets prices.')"/></p>
      </xsl:when>
      <xsl:otherwise>
        <dl class="facts">
          <dt><xsl:value-of select="t:t('Identifier')"/></dt><dd class="id"><xsl:value-of select="@page"/></dd>
          <dt><xsl:value-of select="t:t('Series')"/></dt><dd><xsl:call-template name="series-name"><xsl:with-param name="series" select="@series"/></xsl:call-template></dd>
          <dt><xsl:value-of select="t:t('Price')"/></dt><dd><strong><xsl:value-of select="t:t('%1 euro', @price)"/></strong></dd>
          <dt><xsl:value-of select="t:t('Your balance')"/></dt><dd><xsl:value-of select="t:t('%1 euro', @balance)"/></dd>
          <xsl:if test="@limit"><dt><xsl:value-of select="t:t('May be owed')"/></dt><dd><xsl:value-of select="t:t('%1 euro', @limit)"/></dd></xsl:if>
        </dl>
        <p>
          <xsl:choose>
            <xsl:when test="@row"><xsl:value-of select="t:t('Row %1 is opened: its cells as picture and text. What is other people’s is covered.', @row)"/></xsl:when>
            <xsl:when test="@household"><xsl:value-of select="t:t('The whole household is opened: its cells as picture and text. What is other people’s is covered.')"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="t:t('The whole page is opened: scan, text and cells.')"/></xsl:otherwise>
          </xsl:choose>
          <xsl:text> </xsl:text>
          <xsl:value-of select="t:n('It is charged once, and stays open for %1 hour.', 'It is charged once, and stays open for %1 hours.', @hours)"/></p>
        <xsl:choose>
          <xsl:when test="@short">
            <p class="notice wrong" role="alert"><xsl:value-of select="t:t('Your balance does not reach: nothing was charged. The municipality enters what you transfer to its account.')"/></p>
            <p><a href="/account"><xsl:value-of select="t:t('To your account: payments and statements')"/></a></p>
          </xsl:when>
          <xsl:otherwise>
            <form class="card" method="post" action="{@open}">
              <input type="hidden" name="csrf" value="{/page/reader/@csrf}"/>
              <input type="hidden" name="cents" value="{@cents}"/>
              <input type="hidden" name="q" value="{@query}"/>
              <button type="submit"><xsl:value-of select="t:t('Open for %1 euro', @price)"/></button>
            </form>
          </xsl:otherwise>
        </xsl:choose>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
