<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="account.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Statement of %1', statement/@month)"/></xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}"><a href="/account"><xsl:value-of select="t:t('Account')"/></a></nav>
    <h1><xsl:call-template name="title"/></h1>
    <xsl:apply-templates select="statement"/>
  </xsl:template>

  <xsl:template match="statement">
    <dl class="facts">
      <dt><xsl:value-of select="t:t('Payer')"/></dt>
      <dd><xsl:value-of select="@name"/><xsl:text> </xsl:text><span class="id"><xsl:value-of select="@payer"/></span></dd>
      <dt><xsl:value-of select="t:t('Balance before')"/></dt><dd><xsl:value-of select="t:t('%1 euro', @before)"/></dd>
      <dt><xsl:value-of select="t:t('Balance after')"/></dt><dd><strong><xsl:value-of select="t:t('%1 euro', @after)"/></strong></dd>
    </dl>
    <xsl:choose>
      <xsl:when test="entry"><xsl:call-template name="entries"/></xsl:when>
      <xsl:otherwise><p class="notice"><xsl:value-of select="t:t('There are no entries in this month.')"/></p></xsl:otherwise>
    </xsl:choose>
    <p class="not-printed"><a href="/account/statement?month={@month}&amp;format=csv"><xsl:value-of select="t:t('Download as CSV')"/></a></p>
  </xsl:template>
</xsl:stylesheet>
