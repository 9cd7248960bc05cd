<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Batches')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:if test="inbox">
      <h2><xsl:value-of select="t:t('In the inbox, and not taken in')"/></h2>
      <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}">
        <table>
          <thead>
            <tr>
              <th scope="col"><xsl:value-of select="t:t('Place')"/></th>
              <th scope="col"><xsl:value-of select="t:t('State')"/></th>
              <th scope="col"><xsl:value-of select="t:t('Since')"/></th>
              <th scope="col"><xsl:value-of select="t:t('Details')"/></th>
            </tr>
          </thead>
          <tbody><xsl:apply-templates select="inbox"/></tbody>
        </table>
      </div>
      <h2><xsl:value-of select="t:t('Taken in')"/></h2>
    </xsl:if>
    <xsl:choose>
      <xsl:when test="not(batch)">
        <p class="notice"><xsl:value-of select="t:t('There are no batches that you may see.')"/></p>
      </xsl:when>
      <xsl:otherwise>
        <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}">
          <table>
            <thead>
              <tr>
                <th scope="col"><xsl:value-of select="t:t('Batch')"/></th>
                <th scope="col"><xsl:value-of select="t:t('Site')"/></th>
                <th scope="col"><xsl:value-of select="t:t('Received')"/></th>
                <th scope="col" class="number"><xsl:value-of select="t:t('Pages')"/></th>
                <th scope="col" class="number"><xsl:value-of select="t:t('To look at')"/></th>
                <th scope="col" class="number"><xsl:value-of select="t:t('Set aside')"/></th>
                <th scope="col" class="number"><xsl:value-of select="t:t('Pages NOT kept')"/></th>
              </tr>
            </thead>
            <tbody><xsl:apply-templates select="batch"/></tbody>
          </table>
        </div>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="inbox">
    <tr>
      <td class="id"><xsl:value-of select="@place"/></td>
      <td>
        <xsl:choose>
          <xsl:when test="@state = 'refused'"><span class="severity error"><xsl:value-of select="t:t('refused')"/></span></xsl:when>
          <xsl:when test="@state = 'overdue'"><span class="severity warning"><xsl:value-of select="t:t('waits for too long')"/></span></xsl:when>
          <xsl:otherwise><span class="severity info"><xsl:value-of select="t:t('waits until it is whole')"/></span></xsl:otherwise>
        </xsl:choose>
      </td>
      <td><xsl:call-template name="moment"><xsl:with-param name="utc" select="@since"/></xsl:call-template></td>
      <td class="hint" lang="en"><xsl:value-of select="@reason"/></td>
    </tr>
  </xsl:template>

  <xsl:template match="batch">
    <tr>
      <td>
        <a href="{@href}"><xsl:value-of select="@id"/></a>
        <div class="id"><xsl:value-of select="@source"/></div>
      </td>
      <td><xsl:call-template name="site-name"><xsl:with-param name="site" select="@site"/></xsl:call-template></td>
      <td><xsl:call-template name="moment"><xsl:with-param name="utc" select="@received"/></xsl:call-template></td>
      <td class="number"><xsl:value-of select="@pages"/></td>
      <td class="number"><xsl:value-of select="@warned"/></td>
      <td class="number"><xsl:value-of select="@rejected"/></td>
      <td class="number"><xsl:if test="@unkept != 0"><strong><xsl:value-of select="@unkept"/></strong></xsl:if></td>
    </tr>
  </xsl:template>
</xsl:stylesheet>
