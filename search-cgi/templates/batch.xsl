<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>
  <xsl:import href="cards.xsl"/>
  <xsl:import href="rules.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Batch %1', batch/@id)"/></xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}">
      <a href="/batches"><xsl:value-of select="t:t('Batches')"/></a>
    </nav>
    <h1><xsl:call-template name="title"/></h1>
    <nav class="choice" aria-label="{t:t('Which pages')}">
      <a href="{@href-findings}">
        <xsl:if test="batch/@only-findings"><xsl:attribute name="aria-current">true</xsl:attribute></xsl:if>
        <xsl:value-of select="t:t('Pages to look at')"/>
      </a>
      <a href="{@href-all}">
        <xsl:if test="not(batch/@only-findings)"><xsl:attribute name="aria-current">true</xsl:attribute></xsl:if>
        <xsl:value-of select="t:t('All pages')"/>
      </a>
    </nav>
    <xsl:if test="not(card)">
      <p class="notice">
        <xsl:choose>
          <xsl:when test="batch/@only-findings"><xsl:value-of select="t:t('Nothing to look at: no page of this batch needs a new scan.')"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="t:t('There are no pages here.')"/></xsl:otherwise>
        </xsl:choose>
      </p>
    </xsl:if>
    <xsl:call-template name="sheet"/>
    <xsl:if test="batch/@cards &gt; @sheet-size">
      <nav class="paging" aria-label="{t:t('Sheets')}">
        <xsl:if test="@sheet &gt; 1"><a rel="prev" href="{@href-before}"><xsl:value-of select="t:t('Previous')"/></a></xsl:if>
        <span><xsl:value-of select="t:t('Sheet %1 of %2', @sheet, ceiling(batch/@cards div @sheet-size))"/></span>
        <xsl:if test="@sheet * @sheet-size &lt; batch/@cards"><a rel="next" href="{@href-after}"><xsl:value-of select="t:t('Next')"/></a></xsl:if>
      </nav>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
