<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('On what ground do you look?')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:choose>
      <xsl:when test="form/ground"><xsl:apply-templates select="form"/></xsl:when>
      <xsl:otherwise><p class="notice"><xsl:value-of select="t:t('Your role is not asked for a ground.')"/></p></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="form">
    <p><xsl:value-of select="t:t('The archive holds personal data. What you look for and open is recorded together with the ground and the number you give here, until you give another.')"/></p>
    <xsl:if test="@wrong">
      <p class="notice wrong" role="alert"><xsl:value-of select="t:t('This is no case number: up to 64 characters with at least one digit.')"/></p>
    </xsl:if>
    <form class="card" method="post" action="/ground">
      <input type="hidden" name="csrf" value="{/page/reader/@csrf}"/>
      <input type="hidden" name="back" value="{@back}"/>
      <div>
        <label for="ground"><xsl:value-of select="t:t('Ground')"/></label>
        <select id="ground" name="ground">
          <xsl:for-each select="ground">
            <option value="{@id}">
              <xsl:if test="@id = ../@chosen"><xsl:attribute name="selected">selected</xsl:attribute></xsl:if>
              <xsl:call-template name="ground-name"><xsl:with-param name="ground" select="@id"/></xsl:call-template>
            </option>
          </xsl:for-each>
        </select>
      </div>
      <div>
        <label for="case"><xsl:value-of select="t:t('Number')"/></label>
        <input id="case" name="case" type="text" required="required" maxlength="64" autocomplete="off" value="{@case}" aria-describedby="case-hint"/>
        <p class="hint" id="case-hint"><xsl:value-of select="t:t('Of the case or the consent, with its year: 123/2026')"/></p>
      </div>
      <button type="submit"><xsl:value-of select="t:t('Continue')"/></button>
    </form>
  </xsl:template>
</xsl:stylesheet>
