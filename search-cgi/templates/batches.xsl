<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Batches')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:choose>
      <xsl:when test="not(batch)">
        <p class="notice"><xsl:value-of select="t:t('There are no batches that you may see.')"/></p>
      </xsl:when>
      <xsl:otherwise>
        <div class="scroll">
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
