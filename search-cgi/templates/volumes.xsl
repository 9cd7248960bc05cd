<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Volumes')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:choose>
      <xsl:when test="not(volume)">
        <p class="notice"><xsl:value-of select="t:t('There are no volumes that you may see.')"/></p>
      </xsl:when>
      <xsl:otherwise>
        <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}">
          <table>
            <thead>
              <tr>
                <th scope="col"><xsl:value-of select="t:t('Title')"/></th>
                <th scope="col"><xsl:value-of select="t:t('Series')"/></th>
                <th scope="col"><xsl:value-of select="t:t('Site')"/></th>
                <th scope="col"><xsl:value-of select="t:t('Years')"/></th>
                <th scope="col" class="number"><xsl:value-of select="t:t('Pages')"/></th>
              </tr>
            </thead>
            <tbody><xsl:apply-templates select="volume"/></tbody>
          </table>
        </div>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="volume">
    <tr>
      <td>
        <a href="{@href}">
          <xsl:choose>
            <xsl:when test="@title != ''"><xsl:value-of select="@title"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="@number"/></xsl:otherwise>
          </xsl:choose>
        </a>
        <div class="id"><xsl:value-of select="@id"/></div>
      </td>
      <td><xsl:call-template name="series-name"><xsl:with-param name="series" select="@series"/></xsl:call-template></td>
      <td><xsl:call-template name="site-name"><xsl:with-param name="site" select="@site"/></xsl:call-template></td>
      <td><xsl:call-template name="dates"><xsl:with-param name="volume" select="."/></xsl:call-template></td>
      <td class="number"><xsl:value-of select="@pages"/></td>
    </tr>
  </xsl:template>
</xsl:stylesheet>
