<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Who has seen a person’s record')"/></xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}">
      <a href="/audit"><xsl:value-of select="t:t('Audit trail')"/></a>
    </nav>
    <h1><xsl:call-template name="title"/></h1>
    <form class="filters" action="/audit/person" method="get">
      <label><xsl:value-of select="t:t('Person')"/><xsl:text> </xsl:text>
        <input name="q" value="{@q}" maxlength="200" required="required" aria-describedby="q-hint"/></label>
      <xsl:text> </xsl:text>
      <button><xsl:value-of select="t:t('Show')"/></button>
      <p class="hint" id="q-hint"><xsl:value-of select="t:t('Words of a name, a personal number, or the identifier of a page or row. That you ask is recorded.')"/></p>
    </form>
    <xsl:if test="@q != ''">
      <xsl:choose>
        <xsl:when test="record">
          <xsl:if test="@cut"><p class="notice"><xsl:value-of select="t:t('More pages fit these words than are shown here: name the person more closely.')"/></p></xsl:if>
          <p><a href="{@csv}"><xsl:value-of select="t:t('Download as CSV')"/></a></p>
          <xsl:apply-templates select="record"/>
        </xsl:when>
        <xsl:otherwise><p class="notice"><xsl:value-of select="t:t('There is no such record.')"/></p></xsl:otherwise>
      </xsl:choose>
    </xsl:if>
  </xsl:template>

  <xsl:template match="record">
    <h2 class="id"><xsl:value-of select="@id"/></h2>
    <xsl:choose>
      <xsl:when test="entry">
        <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}"><table>
          <thead><tr>
            <th scope="col" class="number"><xsl:value-of select="t:t('Number')"/></th>
            <th scope="col"><xsl:value-of select="t:t('When')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Saw')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Who')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Organisation')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Role')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Ground')"/></th>
            <th scope="col"><xsl:value-of select="t:t('From')"/></th>
          </tr></thead>
          <tbody><xsl:apply-templates select="entry"/></tbody>
        </table></div>
      </xsl:when>
      <xsl:otherwise><p><xsl:value-of select="t:t('Nobody has seen it.')"/></p></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="entry">
    <tr>
      <td class="number"><xsl:value-of select="@seq"/></td>
      <td><xsl:call-template name="moment"><xsl:with-param name="utc" select="@at"/></xsl:call-template></td>
      <td><xsl:choose>
        <xsl:when test="@how = 'page'"><xsl:value-of select="t:t('the whole page')"/></xsl:when>
        <xsl:when test="@how = 'row'"><xsl:value-of select="t:t('the row')"/></xsl:when>
        <xsl:when test="@how = 'household'"><xsl:value-of select="t:t('the household')"/></xsl:when>
        <xsl:when test="@how = 'picture'"><xsl:value-of select="t:t('a picture')"/></xsl:when>
        <xsl:when test="@how = 'file'"><xsl:value-of select="t:t('taken away as a file')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="t:t('among the hits of a search')"/></xsl:otherwise>
      </xsl:choose></td>
      <td class="id"><xsl:choose>
        <xsl:when test="@who = ''"><xsl:value-of select="t:t('not logged in')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="@who"/></xsl:otherwise>
      </xsl:choose></td>
      <td class="id"><xsl:value-of select="@organisation"/></td>
      <td><xsl:call-template name="role-name"><xsl:with-param name="role" select="@role"/></xsl:call-template></td>
      <td><xsl:call-template name="ground-and-case"/></td>
      <td class="id"><xsl:value-of select="@origin"/></td>
    </tr>
  </xsl:template>
</xsl:stylesheet>
